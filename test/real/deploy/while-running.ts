import type { ChildProcess } from "node:child_process"

/**
 * For a run's `watch`: does something once envseal has told that it patched a workload, while it goes on.
 *
 * @returns the watcher, and a promise that is done when the work is, and fails when it does.
 */
export function oncePatched(work: () => Promise<void>): {
  readonly watch: (child: ChildProcess) => void
  readonly done: Promise<void>
} {
  const { promise: patched, resolve, reject } = Promise.withResolvers<void>()
  const watch = (child: ChildProcess) => {
    let seen = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes('"type":"patched"')) resolve()
    })
    child.once("close", () => reject(new Error("envseal ended without having patched anything")))
  }
  return { watch, done: patched.then(work) }
}
