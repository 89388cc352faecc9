import type { StdioOptions } from "node:child_process"
import { isBun } from "../../core/runtime.ts"
import { existsSync } from "../system/file-calls.ts"
import type { HeldFolder } from "./held-folder.ts"

const shell = "/bin/sh"
/** The folder's descriptor in the guard. */
const inherited = 3

/** A process that removes a draft if this one is killed before {@link Guard.release}. */
export interface Guard {
  /** Ends the guard at once, and leaves the file alone. Resolves once no process is left; does not fail. */
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
export function guardDraft(folder: HeldFolder, draft: string): Guard | null {
  if (process.pid === 1 || !existsSync(shell)) return null
  try {
    const child = startChild(folder, draft)
    if (child === null) return null
    // Not asked to end: a shell that does not work as one might never do.
    return { release: () => child.kill() }
  } catch {
    // The system starts no process for us, as with a seccomp profile. That is no reason to fail.
    return null
  }
}

interface Child {
  /** Resolves once it is gone. */
  kill(): Promise<void>
}

/** @throws what the runtime throws for a process that cannot be started; Node may give `null` for one. */
function startChild({ path, descriptor }: HeldFolder, draft: string): Child | null {
  const folder = descriptor === null ? path : `/proc/self/fd/${inherited}`
  const args = ["-c", 'read -r done || rm -f -- "$1"', "sh", `${folder}/${draft}`]
  const stdio: StdioOptions = ["pipe", "ignore", "ignore", ...(descriptor === null ? [] : [descriptor])]
  // Its own session keeps a Ctrl-C on the terminal from reaching the guard first.
  const options = { stdio, env: { PATH: "/usr/bin:/bin" }, detached: true }
  return isBun ? startByBun(args, options) : startByNode(args, options)
}

interface ChildOptions {
  readonly stdio: StdioOptions
  readonly env: Readonly<Record<string, string>>
  readonly detached: boolean
}

interface BunProcesses {
  spawn(options: ChildOptions & { readonly cmd: readonly string[] }): {
    readonly exited: Promise<number>
    kill(signal: "SIGKILL"): void
  }
}

/** Under Bun, `node:child_process` takes longer to load than this shell to start. */
function startByBun(args: readonly string[], options: ChildOptions): Child {
  const { Bun: bun } = globalThis as unknown as { readonly Bun: BunProcesses }
  const child = bun.spawn({ cmd: [shell, ...args], ...options })
  return {
    kill: async () => {
      child.kill("SIGKILL")
      await child.exited
    },
  }
}

function startByNode(args: readonly string[], options: ChildOptions): Child | null {
  const { spawn } = process.getBuiltinModule("node:child_process")
  const child = spawn(shell, args, options)
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve())
    child.once("exit", () => resolve())
    child.stdin?.once("error", () => {})
  })
  if (child.pid === undefined) return null
  return {
    kill: async () => {
      child.kill("SIGKILL")
      await ended
    },
  }
}
