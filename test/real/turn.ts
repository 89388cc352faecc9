import { spawn } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** What one test of the machine has at a time: the images in .cache/docker, and the link and groups of a real node. */
export type Shared = "images" | "node"

/**
 * Waits until no other test has it, of this run or of another.
 *
 * @returns what gives it back. It is given back too when this process ends, however that is.
 * @throws Error when there is no lock to be had.
 */
export async function takeTurn(of: Shared): Promise<AsyncDisposable> {
  const file = join(tmpdir(), `envseal-turn-${of}`)
  // Its standard input is this process's, so that it ends with it.
  const holder = spawn("flock", [file, "sh", "-c", "echo taken && exec cat >&2"], {
    stdio: ["pipe", "pipe", "ignore"],
  })
  const ended = once(holder, "close")
  const taken = once(holder.stdout, "data").then(() => true)
  if (!(await Promise.race([taken, ended.then(() => false)]))) throw new Error(`flock ${file} ended`)
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await ended
    },
  }
}
