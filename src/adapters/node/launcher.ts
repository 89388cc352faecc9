import type * as ChildProcess from "node:child_process"
import { isBun } from "../../core/runtime.ts"
import type { Launcher, Program, RawVariables } from "../../ports/runtime.ts"
import { checkEnvironmentSize } from "./environment-limit.ts"
import { checkHandingOn, isAllText, relayOf } from "./hand-on.ts"
import { nativeExecve } from "./native-execve.ts"
import { findProgram, notStarted } from "./program.ts"
import { rawVariable } from "./raw-text.ts"
import type { Relay } from "./shell-relay.ts"
import { resetStreams } from "./streams.ts"
import { endsByFailing, tryProgram } from "./trial.ts"

const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const

export const nodeLauncher: Launcher = {
  find: async (argv, variables) => {
    checkEnvironmentSize(argv, variables)
    const program = findProgram(argv, rawVariable(variables, "PATH"))
    checkHandingOn(program, variables)
    return program
  },
  become: async (program, variables) => {
    checkEnvironmentSize(program.argv, variables)
    if (process.execve === undefined || process.platform === "win32") {
      return runAndMirror(relayOf(program, variables))
    }
    // On macOS, Bun's own call starts what is text.
    const isNative = process.platform === "linux" || !isAllText(program, variables)
    const native = isNative ? nativeExecve() : null
    resetSignals()
    resetStreams()
    const replace = native === null ? runtimeExecve(program, variables) : native(program, variables)
    // A signal that came while the file was written waits for its handler; execve would forget it, and the
    // program would run on as if nobody had asked it to end. So nothing that takes time comes after.
    await turnOfLoop()
    throw notStarted(program.argv[0] ?? program.file, replace())
  },
}

/**
 * Lets the handlers of all signals run that came before. Bun takes much longer to have `setImmediate` ready than to answer for a
 * digest, and handles signals before it takes an answer.
 */
async function turnOfLoop(): Promise<void> {
  if (isBun) {
    await crypto.subtle.digest("SHA-256", new Uint8Array())
    return
  }
  // The first ends the turn that this runs in, which may have asked for signals already.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * Node and Bun ignore these two, and `execve` keeps what is ignored. A handler does not outlive `execve`, which
 * puts the default in its place.
 */
function resetSignals(): void {
  for (const signal of ["SIGPIPE", "SIGXFSZ"] as const) process.on(signal, () => {})
}

/**
 * Makes all ready for `process.execve`. Where the runtime ends itself when the system refuses, the system is asked now.
 *
 * @returns what calls it. That returns only when it failed, with the failure.
 * @throws EnvsealError for a program that cannot be started or handed all of it.
 */
function runtimeExecve(program: Program, given: RawVariables): () => unknown {
  const { file, argv, variables } = relayOf(program, given)
  const environment = Object.fromEntries(variables)
  try {
    if (!isBun && endsByFailing(process.versions.node)) tryProgram(program, given)
  } catch (error) {
    throw notStarted(program.argv[0] ?? program.file, error)
  }
  return () => {
    try {
      process.execve?.(file, [...argv], environment)
    } catch (error) {
      return error
    }
    return null
  }
}

/** Loaded where it is needed: to be replaced, a process needs none. */
function processes(): typeof ChildProcess {
  return process.getBuiltinModule("node:child_process")
}

/** Where a process cannot be replaced: run, forward signals at once, end as the program ended. */
function runAndMirror({ file, argv, variables }: Relay): Promise<number> {
  const environment = Object.fromEntries(variables)
  const [argv0 = file, ...args] = argv
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  // Before the child starts, and never without a handler: a signal in between would end only this process.
  for (const signal of forwarded) {
    const others = process.listeners(signal)
    process.on(signal, forward)
    for (const other of others) process.off(signal, other)
  }
  const child = processes().spawn(file, args, { argv0, env: environment, stdio: "inherit" })
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(notStarted(argv0, cause)))
    child.once("close", (status, signal) => {
      for (const name of forwarded) process.off(name, forward)
      resolve(
        signal === null ? (status ?? 1) : 128 + process.getBuiltinModule("node:os").constants.signals[signal],
      )
    })
  })
}
