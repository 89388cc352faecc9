import type { ChildProcess } from "node:child_process"
import type { Progress } from "../../../src/deploy/core/progress.ts"

/** For a run's `watch`. */
export type Watch = (child: ChildProcess) => void

/**
 * For a run's `watch`: does something once envseal has told that it patched a workload, while it goes on.
 *
 * @returns the watcher, and a promise that is done when the work is, and fails when it does.
 */
export function oncePatched(work: () => Promise<void>): {
  readonly watch: Watch
  readonly done: Promise<void>
} {
  const { watch, said } = onceSaid(`"type":"patched"`)
  return { watch, done: said.then(work) }
}

/**
 * For a run's `watch`: waits until it has told something that has this text in it.
 *
 * @returns the watcher, and a promise that is done then, and fails when the run ends without it.
 */
export function onceSaid(text: string): { readonly watch: Watch; readonly said: Promise<void> } {
  const { promise: said, resolve, reject } = Promise.withResolvers<void>()
  const watch = (child: ChildProcess) => {
    onceTold(text, resolve)(child)
    child.once("close", () => reject(new Error(`envseal ended without having told ${text}`)))
  }
  return { watch, said }
}

/** For a run's `watch`: kills it, with no chance to clear up, once it has told something of that kind. */
export function killedAt(type: Progress["type"]): Watch {
  return (child) => onceTold(`"type":"${type}"`, () => child.kill("SIGKILL"))(child)
}

function onceTold(text: string, act: () => void): Watch {
  return (child) => {
    let seen = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(text)) act()
    })
  }
}
