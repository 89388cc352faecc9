import { spawn } from "node:child_process"
import { constants } from "node:os"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Launcher, Program } from "../../ports/runtime.ts"
import { checkEnvironmentSize } from "./environment-limit.ts"
import { findProgram } from "./program.ts"
import { resetStreams } from "./streams.ts"

const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const

export const nodeLauncher: Launcher = {
  find: findProgram,
  become: async (program, environment) => {
    const variables = Object.entries(environment).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    )
    checkEnvironmentSize(program.argv, variables)
    if (process.execve !== undefined && process.platform !== "win32") {
      resetSignals()
      resetStreams()
      // A signal that came while the file was written waits for its handler; execve would forget it, and the
      // program would run on as if nobody had asked it to end.
      await new Promise((resolve) => setImmediate(resolve))
      process.execve(program.file, [...program.argv], Object.fromEntries(variables))
    }
    return runAndMirror(program, Object.fromEntries(variables))
  },
}

/**
 * Node and Bun ignore these two, and `execve` keeps what is ignored. A handler does not outlive `execve`, which
 * puts the default in its place.
 */
function resetSignals(): void {
  for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => {})
}

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

function notStarted(command: string, cause: unknown): EnvsealError {
  const code = systemCode(cause) === "ENOENT" ? "COMMAND_NOT_FOUND" : "COMMAND_NOT_EXECUTABLE"
  return new EnvsealError(
    code,
    `could not start ${printable(command)}: ${systemCode(cause) ?? "unknown failure"}`,
    {
      cause,
      hint: "check the file, its mode, and the platform of the image it came from",
    },
  )
}
