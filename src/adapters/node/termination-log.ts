import { closeSync, constants, fstatSync, openSync, writeSync } from "../system/file-calls.ts"
import { nodeCalls } from "../system/node-calls.ts"

const maxBytes = 4_096

/**
 * Leaves the reason of a failure where Kubernetes reads it (`terminationMessagePath`), so that it shows in the
 * pod's status, and nothing else there. Only a file that is already there is written: outside a pod nothing happens.
 */
export function writeTerminationLog(path: string, line: string): void {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0))
    try {
      if (!fstatSync(descriptor).isFile()) return
      const bytes = wholeCharacters(Buffer.from(line))
      writeSync(descriptor, bytes, 0)
      // What is there may be longer: a message of before.
      nodeCalls().ftruncateSync(descriptor, bytes.length)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // No such file, or not ours: standard error has the reason too.
  }
}

/** The first 4096 bytes, without a part of a character at their end. */
function wholeCharacters(bytes: Buffer): Buffer {
  if (bytes.length <= maxBytes) return bytes
  const isContinued = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80
  let end = maxBytes
  while (isContinued(end)) end -= 1
  return bytes.subarray(0, end)
}
