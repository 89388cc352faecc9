import { Readable, type Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip, createZstdDecompress } from "node:zlib"
import { EnvsealError, systemCode } from "../../core/error.ts"
import type { Compression } from "../../ports/scan-target.ts"

/**
 * Bytes as they were before they were compressed, all frames of them: Node's gunzip goes on by itself, and its zstd
 * ends with the first frame, while layers are written in many.
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  const feed = new Feed(chunks)
  do {
    const engine = compression === "gzip" ? createGunzip() : createZstdDecompress()
    try {
      yield* frame(feed, engine)
    } catch (error) {
      if (error instanceof EnvsealError || systemCode(error) === null) throw error
      throw new EnvsealError("IMAGE_MALFORMED", `a part of the image is no sound ${compression}`, {
        cause: error,
      })
    }
  } while (compression === "zstd" && !(await feed.isDone()))
}

async function* frame(feed: Feed, engine: Transform & { bytesWritten: number }): AsyncGenerator<Uint8Array> {
  const source = Readable.from(feed.pieces(engine), { objectMode: false })
  const fed = pipeline(source, engine).catch(() => {})
  try {
    yield* engine
  } finally {
    engine.destroy()
    await fed
    await feed.takeBack(engine.bytesWritten)
  }
}

/** What an engine reads from, and gives back what it did not need. */
class Feed {
  readonly #source: AsyncIterator<Uint8Array>
  #waiting: Uint8Array[] = []
  /** Given to the engine, and perhaps not consumed. */
  #given: Uint8Array[] = []
  /** How much the engine had before the first of {@link #given}. */
  #consumed = 0
  #pulling: Promise<void> = Promise.resolve()
  #ended = false

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#source = chunks[Symbol.asyncIterator]()
  }

  async *pieces(engine: { readonly bytesWritten: number }): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#waiting.length === 0) await this.#pull()
      const piece = this.#waiting.shift()
      if (piece === undefined) return
      this.#forget(engine.bytesWritten)
      this.#given.push(piece)
      yield piece
    }
  }

  async isDone(): Promise<boolean> {
    while (this.#waiting.length === 0 && !this.#ended) await this.#pull()
    return this.#waiting.length === 0
  }

  /** @param bytes how many of what it was given the engine consumed. */
  async takeBack(bytes: number): Promise<void> {
    // The engine may have ended while a piece was on its way; the failure goes to the one who asks next.
    await this.#pulling.catch(() => {})
    this.#forget(bytes)
    const [first, ...others] = this.#given
    const rest = first === undefined ? [] : [first.subarray(bytes - this.#consumed), ...others]
    this.#waiting = [...rest.filter((piece) => piece.length > 0), ...this.#waiting]
    this.#given = []
    this.#consumed = 0
  }

  #forget(bytes: number): void {
    for (let [first] = this.#given; first !== undefined; [first] = this.#given) {
      if (this.#consumed + first.length > bytes) return
      this.#consumed += first.length
      this.#given.shift()
    }
  }

  #pull(): Promise<void> {
    this.#pulling = this.#pulling.then(async () => {
      if (this.#waiting.length > 0 || this.#ended) return
      const { done, value } = await this.#source.next()
      if (done) this.#ended = true
      else this.#waiting.push(value)
    })
    return this.#pulling
  }
}
