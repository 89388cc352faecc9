import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs"

const maxBytes = 4_096

/**
 * Leaves the reason of a failure where Kubernetes reads it (`terminationMessagePath`), so that it shows in the
 * pod's status. Only a file that is already there is written: outside a pod nothing happens.
 */
export function writeTerminationLog(path: string, line: string): void {
  try {
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0))
    try {
      if (!fstatSync(descriptor).isFile()) return
      writeSync(descriptor, Buffer.from(line).subarray(0, maxBytes), 0, null, 0)
    } finally {
      closeSync(descriptor)
    }
  } catch {
    // No such file, or not ours: standard error has the reason too.
  }
}
