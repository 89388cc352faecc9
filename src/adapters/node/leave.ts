import { isBun } from "../../core/runtime.ts"
import { existsSync } from "../system/file-calls.ts"
import { resetStreams } from "./streams.ts"

/** Requests that a thread of Node works on, and that nothing can take back: a name for DNS, a file. */
const uninterruptible = /^(?:GetAddrInfo|GetNameInfo|FS)Req/

/**
 * Ends the process with a status, now. `process.exit` of Node waits for its threads: for as long as DNS does not
 * answer, and for ever for a pipe that nobody writes to. Where one is busy, the process becomes one that ends.
 */
export function leave(status: number): never {
  if (isHeld()) {
    // As process.exit would: what is to be undone on the way out must not be missed.
    process.emit("exit", status)
    resetStreams()
    try {
      process.execve?.(process.execPath, [process.execPath, "--eval", `process.exit(${status})`], {})
    } catch {
      // Node 26 says when it fails. Then the threads are waited for.
    }
  }
  process.exit(status)
}

function isHeld(): boolean {
  // Bun does not wait. A failed execve would abort the process.
  if (isBun || process.platform === "win32") return false
  return (
    process.getActiveResourcesInfo().some((kind) => uninterruptible.test(kind)) &&
    existsSync(process.execPath)
  )
}
