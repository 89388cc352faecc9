import { isBun } from "../../core/runtime.ts"

/**
 * Node makes the standard streams non-blocking as soon as anything looks at them, which an import of
 * `node:process` does, and puts them back only when it exits. A program that this process becomes would find its
 * reads and writes failing with EAGAIN.
 */
export function resetStreams(): void {
  // Bun does this on the first look, which would be ours, and has no way back.
  if (isBun) return
  for (const stream of [process.stdin, process.stdout, process.stderr]) {
    const { _handle } = stream as { _handle?: { setBlocking?: (on: boolean) => void } }
    _handle?.setBlocking?.(true)
  }
}
