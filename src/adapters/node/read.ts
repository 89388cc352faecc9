import { constants, lstatSync } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { setTimeout as sleep } from "node:timers/promises"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { fileError } from "./error.ts"

const chunkBytes = 65_536
const pollMs = 10

/** All bytes of a file. A pipe or a device is read to its end, never further than the limit. */
export async function readLimited(path: string, limitBytes: number): Promise<Uint8Array> {
  let handle: FileHandle | undefined
  try {
    // Waiting in open(2) for a pipe's writer would hold a thread that Node cannot exit without.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    return await readHandle(handle, path, limitBytes)
  } catch (error) {
    throw error instanceof EnvsealError ? error : unreadable(path, error)
  } finally {
    await handle?.close()
  }
}

/** All bytes of standard input, never further than the limit. */
export async function readStdinLimited(limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of process.stdin) {
      size += chunk.length
      if (size > limitBytes) throw tooLarge("standard input", limitBytes)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof EnvsealError ? error : unreadable("standard input", error)
  }
  return Buffer.concat(chunks)
}

async function readHandle(handle: FileHandle, path: string, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const bytesRead = await readChunk(handle, chunk)
    if (bytesRead === 0 && (size > 0 || !isNamedPipe(path))) return Buffer.concat(chunks)
    if (bytesRead === null || bytesRead === 0) {
      await sleep(pollMs)
      continue
    }
    size += bytesRead
    if (size > limitBytes) throw tooLarge(path, limitBytes)
    chunks.push(chunk.subarray(0, bytesRead))
  }
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
function isNamedPipe(path: string): boolean {
  return lstatSync(path).isFIFO()
}

function unreadable(path: string, error: unknown): EnvsealError {
  return fileError(
    "INPUT_UNREADABLE",
    "read",
    path,
    error,
    `check that ${printable(path)} is the right file, and who may read it`,
  )
}

function tooLarge(path: string, limitBytes: number): EnvsealError {
  return new EnvsealError("INPUT_TOO_LARGE", `${printable(path)} is larger than ${limitBytes} bytes`, {
    hint: "check that it is the right file",
  })
}
