import { givenArguments, isReplaced } from "../adapters/node/given.ts"
import { compileOften } from "../adapters/node/jit.ts"
import { leave } from "../adapters/node/leave.ts"
import { writeStderr } from "../adapters/node/standard-streams.ts"
import { writeTerminationLog } from "../adapters/node/termination-log.ts"
import { EnvsealError } from "../core/error.ts"
import { openPlainly } from "../open/command/open.ts"
import { exitStatus } from "./exit.ts"
import { failureLine, reportBug, reportFailure } from "./failure.ts"
import { endOnSignals } from "./interrupt.ts"
import type { Invocation } from "./invocation.ts"

/** What the scripts of `completion` call, with the words of a command line behind `--`. */
const completer = "__complete"

const defaultTerminationLog = "/dev/termination-log"

/**
 * Runs envseal with the arguments of a command line and ends the process with the status of the result. The
 * only place that touches the process's exit status.
 *
 * @param argv without the runtime and the script.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const crash = (error: unknown) => end(argv, error)
  process.on("uncaughtException", crash)
  process.on("unhandledRejection", crash)
  endOnSignals()
  try {
    leave(await run(argv))
  } catch (error) {
    end(argv, error)
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const split = argv.indexOf("--")
  const invocation = { command: split < 0 ? null : argv.slice(split + 1), outcome: { status: 0 } }
  const own = split < 0 ? argv : argv.slice(0, split)
  refuseBrokenText(argv, own.length)
  if (!(await isOpenedPlainly(own, invocation))) await runProgram(own, invocation)
  return invocation.outcome.status
}

/** A container waits for `open`: a plain command line needs no commander. */
async function isOpenedPlainly([name, ...args]: readonly string[], invocation: Invocation): Promise<boolean> {
  if (name !== "open") return false
  return openPlainly(args, invocation)
}

async function runProgram(own: readonly string[], invocation: Invocation): Promise<void> {
  compileOften()
  const { refusalFailure, makeProgram, RefusedLine } = await import("./program.ts")
  const program = await makeProgram(invocation, own[0])
  if (own[0] === completer) {
    await (await import("./complete.ts")).complete(program, invocation.command ?? [])
    return
  }
  if (own.length === 0) {
    writeStderr(program.helpInformation())
    invocation.outcome.status = 2
    return
  }
  try {
    await program.parseAsync(own[0] === "-V" ? ["-v"] : own, { from: "user" })
  } catch (error) {
    if (error instanceof RefusedLine) throw await refusalFailure(error)
    if (!isOfCommander(error)) throw error
  }
}

/** It throws when it has shown the help or the version. */
function isOfCommander(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.")
}

/**
 * An argument of ours that is not UTF-8 has come with other characters, and would name another file.
 *
 * @param own how many of the arguments are ours; the others are the command's.
 */
function refuseBrokenText(argv: readonly string[], own: number): void {
  if (!argv.slice(0, own).some(isReplaced)) return
  const broken = givenArguments(argv).findIndex((text, at) => at < own && typeof text !== "string")
  if (broken < 0) return
  throw new EnvsealError("USAGE", `argument ${broken + 1} is not UTF-8`, {
    hint: "name files and options in UTF-8; only what stands after -- may be anything",
  })
}

function end(argv: readonly string[], error: unknown): never {
  const [name, ...rest] = argv.slice(0, argv.indexOf("--") < 0 ? undefined : argv.indexOf("--"))
  if (error instanceof EnvsealError) reportFailure(error, rest.includes("--json"))
  else reportBug(error)
  // In a pod, the one line that `kubectl describe` shows of a container that ended.
  if (name === "open") {
    writeTerminationLog(process.env["ENVSEAL_TERMINATION_LOG"] ?? defaultTerminationLog, failureLine(error))
  }
  leave(exitStatus(error))
}
