import type { ChildProcess } from "node:child_process"
import { existsSync } from "node:fs"
import type { HeldFolder } from "./held-folder.ts"

const shell = "/bin/sh"
/** The folder's descriptor in the guard. */
const inherited = 3

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
 * kills the guard too, and where no shell can be started. There a later `open` sweeps the draft away.
 */
export async function guardDraft(folder: HeldFolder, draft: string): Promise<Guard | null> {
  if (process.pid === 1 || !existsSync(shell)) return null
  const child = spawnGuard(folder, draft)
  if (child === null) return null
  const ended = endOf(child)
  if (child.pid === undefined) return null
  return {
    release: async () => {
      // Not asked to end: a shell that does not work as one might never do.
      child.kill("SIGKILL")
      await ended
    },
  }
}

function spawnGuard({ path, descriptor }: HeldFolder, draft: string): ChildProcess | null {
  const folder = descriptor === null ? path : `/proc/self/fd/${inherited}`
  // Loaded only here: `open` to standard output or into variables needs no guard.
  const { spawn } = process.getBuiltinModule("node:child_process")
  try {
    // Its own session keeps a Ctrl-C on the terminal from reaching the guard first.
    return spawn(shell, ["-c", 'read -r done || rm -f -- "$1"', "sh", `${folder}/${draft}`], {
      stdio: ["pipe", "ignore", "ignore", ...(descriptor === null ? [] : [descriptor])],
      env: { PATH: "/usr/bin:/bin" },
      detached: true,
    })
  } catch {
    // The system starts no process for us, as with a seccomp profile. That is no reason to fail.
    return null
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve())
    child.once("exit", () => resolve())
    child.stdin?.once("error", () => {})
  })
}
