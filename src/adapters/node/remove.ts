import { unlinkSync } from "../system/file-calls.ts"

/** Removes a file where it is there and can be: what went wrong before counts more than that it stays. */
export function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone already, or the file system is read-only.
  }
}
