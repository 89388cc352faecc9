import { constants, lstatSync } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { systemCode } from "../../core/error.ts"
import { unreadableFile } from "./error.ts"

/** A piece whose room is used again. */
const chunkBytes = 262_144
/** A piece that somebody keeps. With larger ones V8 lets garbage grow until it has to look through all that there is. */
const leastBytes = 65_536
const pollMs = 1

/** Pieces, each of which stays as it is unless the next one is asked for with `true`: then its room is used again. */
export type Chunks = AsyncGenerator<Uint8Array, void, boolean | undefined>

/**
 * A file piece by piece. A pipe or a device is read to its end.
 *
 * @param shown the path for messages.
 */
export async function* readChunks(path: string | Buffer, shown = path.toString()): Chunks {
  let handle: FileHandle | undefined
  try {
    // Waiting in open(2) for a pipe's writer would hold a thread that Node cannot exit without.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    yield* handleChunks(handle, path)
  } catch (error) {
    throw unreadableFile(shown, error)
  } finally {
    await handle?.close()
  }
}

/** Standard input piece by piece. */
export async function* readStdinChunks(): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of process.stdin) yield chunk
  } catch (error) {
    throw unreadableFile("standard input", error)
  }
}

async function* handleChunks(handle: FileHandle, path: string | Buffer): Chunks {
  let begun = false
  let size = leastBytes
  for (;;) {
    const room = takeRoom(size)
    const bytesRead = await readChunk(handle, room)
    if (bytesRead !== null && bytesRead > 0) {
      begun = true
      const isFree = yield room.subarray(0, bytesRead)
      giveBack(isFree === true ? room : room.subarray(bytesRead))
      if (isFree === true) size = chunkBytes
      continue
    }
    giveBack(room)
    if (bytesRead === 0 && (begun || !isNamedPipe(path))) return
    await sleep(pollMs)
  }
}

/** Room that no chunk was read into yet. With a buffer for each file, a tree of small ones is mostly garbage. */
let unused: Buffer = Buffer.alloc(0)

/** At least so many bytes, which nobody else gets before they are given back. */
function takeRoom(size: number): Buffer {
  const room = unused.length < size ? Buffer.allocUnsafeSlow(size) : unused
  unused = Buffer.alloc(0)
  return room
}

function giveBack(room: Buffer): void {
  if (room.length > unused.length) unused = room
}

/** @returns `null` when a pipe has nothing to read yet. */
async function readChunk(handle: FileHandle, chunk: Buffer): Promise<number | null> {
  try {
    return (await handle.read(chunk, 0, chunk.length, null)).bytesRead
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return null
    throw error
  }
}

/** A named pipe seems to be at its end until somebody opens it to write. */
function isNamedPipe(path: string | Buffer): boolean {
  return lstatSync(path).isFIFO()
}
