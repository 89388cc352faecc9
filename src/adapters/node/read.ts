import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import { closeSync, constants, openSync, readSync, statIfThere } from "../system/file-calls.ts"
import { readToEnd } from "../system/read-to-end.ts"
import { unreadableFile } from "./error.ts"

/** All bytes of a file. A pipe or a device is read to its end, never further than the limit. */
export async function readLimited(path: string, limitBytes: number): Promise<Uint8Array> {
  if (!isStream(path)) return readRegular(path, limitBytes)
  const { readChunks } = await import("./chunks.ts")
  return gather(readChunks(path), path, limitBytes)
}

/** All bytes of standard input, never further than the limit. */
export async function readStdinLimited(limitBytes: number): Promise<Uint8Array> {
  const { readStdinChunks } = await import("./chunks.ts")
  return gather(readStdinChunks(), "standard input", limitBytes)
}

/**
 * Whether it may keep its reader waiting. Asked before it is opened: to open a pipe and close it again would be seen at its
 * other end.
 */
function isStream(path: string): boolean {
  try {
    return statIfThere(path)?.isFile() === false
  } catch {
    return false
  }
}

/** At once: a container waits for it, and a regular file keeps nobody waiting. What is not there fails here. */
function readRegular(path: string, limitBytes: number): Uint8Array {
  let descriptor: number | null = null
  try {
    // It may have become a pipe meanwhile, whose writer must not be waited for here.
    const opened = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    descriptor = opened
    return readToEnd(
      (room) => readSync(opened, room, 0, room.length, null),
      (bytes) => {
        if (bytes > limitBytes) throw tooLarge(path, limitBytes)
      },
    )
  } catch (error) {
    throw error instanceof EnvsealError ? error : unreadableFile(path, error)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

async function gather(
  pieces: AsyncIterable<Uint8Array>,
  path: string,
  limitBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of pieces) {
    size += chunk.length
    if (size > limitBytes) throw tooLarge(path, limitBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(path: string, limitBytes: number): EnvsealError {
  return new EnvsealError("INPUT_TOO_LARGE", `${printable(path)} is larger than ${limitBytes} bytes`, {
    hint: "check that it is the right file",
  })
}
