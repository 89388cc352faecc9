import { spawn, spawnSync } from "node:child_process"
import { constants } from "node:os"
import { systemCode } from "../../core/error.ts"
import type { Environment, Launcher, Program } from "../../ports/runtime.ts"
import { checkEnvironmentSize } from "./environment-limit.ts"
import { checkProgram, filesOf, findProgram, notStarted } from "./program.ts"
import { resetStreams } from "./streams.ts"

const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const

export const nodeLauncher: Launcher = {
  find: (command, args, environment) => {
    checkEnvironmentSize([command, ...args], variablesOf(environment))
    return findProgram(command, args, environment)
  },
  become: async (program, environment) => {
    const variables = variablesOf(environment)
    checkEnvironmentSize(program.argv, variables)
    if (process.execve !== undefined && process.platform !== "win32") {
      resetSignals()
      resetStreams()
      // A signal that came while the file was written waits for its handler; execve would forget it, and the
      // program would run on as if nobody had asked it to end.
      await new Promise((resolve) => setImmediate(resolve))
      execute(program, Object.fromEntries(variables))
    }
    return runAndMirror(program, Object.fromEntries(variables))
  },
}

function variablesOf(environment: Environment): [string, string][] {
  return Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
}

/**
 * Node and Bun ignore these two, and `execve` keeps what is ignored. A handler does not outlive `execve`, which
 * puts the default in its place.
 */
function resetSignals(): void {
  for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => {})
}

/** Returns only by throwing. Bun throws what the system answers, and Node ends itself, so there it is asked before. */
function execute(program: Program, environment: Record<string, string>): void {
  const [command = program.file] = program.argv
  try {
    if (process.versions["bun"] === undefined) rehearse(program, environment)
    process.execve?.(program.file, [...program.argv], environment)
  } catch (error) {
    throw notStarted(command, error)
  }
}

/** Linux: MAX_ARG_STRLEN, 32 pages, where pages are largest (64 KiB): on no machine may the rehearsal run anything. */
const longestArgument = 32 * 65_536

/**
 * Has the system open all files that `execve` would, without running any: an argument that is too long makes the call
 * fail after it has looked at the file, and before it takes the process over.
 */
function rehearse(program: Program, environment: Record<string, string>): void {
  checkProgram(program, environment["PATH"] ?? "")
  const tooLong = "x".repeat(longestArgument + 1)
  for (const file of filesOf(program.file)) {
    const { error } = spawnSync(file.toString(), [tooLong], { env: {}, stdio: "ignore" })
    if (error !== undefined && told.has(systemCode(error) ?? "")) throw error
  }
}

/** What the system says of a file. Any other failure is one of the rehearsal itself. */
const told: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ETXTBSY", "ELOOP"])

/** Where a process cannot be replaced: run, forward signals at once, end as the program ended. */
function runAndMirror({ file, argv }: Program, environment: Record<string, string>): Promise<number> {
  const [argv0 = file, ...args] = argv
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  // Before the child starts, and never without a handler: a signal in between would end only this process.
  for (const signal of forwarded) {
    const others = process.listeners(signal)
    process.on(signal, forward)
    for (const other of others) process.off(signal, other)
  }
  const child = spawn(file, args, { argv0, env: environment, stdio: "inherit" })
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(argv0, cause)))
    child.once("close", (status, signal) => {
      for (const name of forwarded) process.off(name, forward)
      resolve(signal === null ? (status ?? 1) : 128 + constants.signals[signal])
    })
  })
}
