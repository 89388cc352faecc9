import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"

const shell = "/bin/sh"

/** A process that removes a draft if this one is killed before {@link Guard.release}. */
export interface Guard {
  /** Ends the guard and leaves the file alone. Resolves once no process is left. */
  release(): Promise<void>
}

/**
 * Watches over a draft from outside: SIGKILL (an out-of-memory kill is one) leaves no time to clean up, and a
 * draft is plaintext under a name that nobody looks for. The guard reads a pipe that the kernel closes with
 * this process.
 *
 * @returns `null` where it would not help or cannot be: as process 1 of a container, with which the kernel
 * kills the guard too, and without a shell. There the next `open` sweeps the draft away.
 */
export async function guardDraft(draft: string): Promise<Guard | null> {
  if (process.pid === 1 || !existsSync(shell)) return null
  // Its own session keeps a Ctrl-C on the terminal from reaching the guard first.
  const child = spawn(shell, ["-c", 'read -r done || rm -f -- "$1"', "sh", draft], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH: "/usr/bin:/bin" },
    detached: true,
  })
  const ended = endOf(child)
  if (child.pid === undefined) return null
  return {
    release: async () => {
      child.stdin?.end("done\n")
      await ended
    },
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve())
    child.once("close", () => resolve())
    child.stdin?.once("error", () => {})
  })
}
