import { EnvsealError } from "../../src/core/error.ts"
import { encodeUtf8 } from "../../src/core/text.ts"
import type { Files, PlannedSecret, SecretFile } from "../../src/ports/files.ts"

/**
 * Files in memory, with the contract of the real ones. Every touch is kept in {@link log}, so that a test can
 * tell what was not touched.
 */
export class FakeFiles implements Files {
  readonly log: string[] = []
  /** Paths that every user may read. */
  readonly public = new Set<string>()
  /** Paths that another user could have put there. */
  readonly planted = new Set<string>()
  readonly #files = new Map<string, Uint8Array>()
  #stdin: Uint8Array

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, stdin: string | Uint8Array = "") {
    for (const [path, content] of Object.entries(files)) this.#files.set(path, bytesOf(content))
    this.#stdin = bytesOf(stdin)
  }

  async read(path: string, limitBytes: number): Promise<Uint8Array> {
    this.log.push(`read ${path}`)
    const bytes = this.#files.get(path)
    if (bytes === undefined) throw new EnvsealError("INPUT_UNREADABLE", `could not read ${path}`)
    return limited(bytes, path, limitBytes)
  }

  /** As with a real one, a second reader of standard input finds it at its end. */
  async readStdin(limitBytes: number): Promise<Uint8Array> {
    this.log.push("read standard input")
    const bytes = this.#stdin
    this.#stdin = new Uint8Array()
    return limited(bytes, "standard input", limitBytes)
  }

  async exists(path: string): Promise<boolean> {
    this.log.push(`look for ${path}`)
    return this.#files.has(path)
  }

  async isSame(one: string, other: string): Promise<boolean> {
    return one === other && this.#files.has(one)
  }

  async isPublic(path: string): Promise<boolean> {
    return this.public.has(path)
  }

  async isPlanted(path: string): Promise<boolean> {
    return this.planted.has(path)
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    this.log.push(`write ${path}`)
    this.#files.set(path, bytes)
  }

  async planSecret(path: string, { mode, requireTmpfs }: SecretFile): Promise<PlannedSecret> {
    if (requireTmpfs) throw new EnvsealError("TARGET_UNSAFE", `${path} is not in memory`)
    const write = async (bytes: Uint8Array) => {
      await this.replace(path, bytes)
      return { path, undo: () => this.#files.delete(path), settled: Promise.resolve() }
    }
    return { path, file: { path, uid: 0, gid: 0, mode }, folders: [], write }
  }

  async createSecret(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#files.has(path)) throw new EnvsealError("TARGET_EXISTS", `${path} exists already`)
    await this.replace(path, bytes)
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encodeUtf8(content) : content
}

function limited(bytes: Uint8Array, name: string, limitBytes: number): Uint8Array {
  if (bytes.length <= limitBytes) return bytes
  throw new EnvsealError("INPUT_TOO_LARGE", `${name} is larger than ${limitBytes} bytes`)
}
