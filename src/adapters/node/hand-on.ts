import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import type { Program, RawVariables } from "../../ports/runtime.ts"
import { checkEnvironmentSize } from "./environment-limit.ts"
import { isReplaced, showsBytes } from "./given.ts"
import { nativeExecve } from "./native-execve.ts"
import { isText, shownText } from "./raw-text.ts"
import { isRelayed, type Relay, relayProgram, relayThrough } from "./shell-relay.ts"

/** Whether the runtime can start the program with all of it: it takes strings, and makes UTF-8 of them. */
export function isAllText({ file, argv }: Program, variables: RawVariables): boolean {
  return (
    isText(file) && argv.every(isText) && variables.every(([name, value]) => isText(name) && isText(value))
  )
}

/**
 * Whether everything can be handed on to a program byte for byte.
 *
 * @throws EnvsealError `NOT_TEXT`, naming what cannot be.
 */
export function checkHandingOn(program: Program, variables: RawVariables): void {
  const lost = lostNames(program, variables)
  if (lost.length > 0)
    throw notHandedOn(lost, "the system does not show its bytes", "mount /proc, or unset it")
  if (isAllText(program, variables) || nativeExecve() !== null) return
  const named = isRelayed(program.argv[0] ?? "") && relayProgram() !== null
  if (named) return
  throw notHandedOn(
    rawNames(program, variables),
    "only a shell and env of GNU could hand it on here",
    "use the standalone binary, install coreutils 8.30 or later, or unset it",
  )
}

/**
 * The program in strings: itself, or what makes the bytes of it.
 *
 * @throws EnvsealError `ENVIRONMENT_TOO_LARGE` when that is too large, or `NOT_TEXT`.
 */
export function relayOf(program: Program, variables: RawVariables): Relay {
  const { file, argv } = program
  const texts = variables.filter((pair): pair is readonly [string, string] => pair.every(isText))
  if (isText(file) && argv.every(isText) && texts.length === variables.length) {
    return { file, argv, variables: texts }
  }
  const env = relayProgram()
  if (env === null) throw notHandedOn(rawNames(program, variables), "it cannot be handed on", "unset it")
  const relay = relayThrough(env, program, variables)
  // What stands in place of a variable is named as that one.
  const named = relay.variables.map(([name, value], at) => [variables[at]?.[0] ?? name, value] as const)
  checkEnvironmentSize(relay.argv, named)
  return relay
}

function rawNames({ argv }: Program, variables: RawVariables): string[] {
  const args = argv.flatMap((text, at) => (isText(text) ? [] : [at === 0 ? "the command" : `argument ${at}`]))
  const names = variables.flatMap((pair) => (pair.every(isText) ? [] : [`variable ${shownText(pair[0])}`]))
  return [...args, ...names]
}

/** What the runtime may have replaced, where nothing shows what it was. */
function lostNames({ argv }: Program, variables: RawVariables): string[] {
  const isLost = (text: unknown) => typeof text === "string" && isReplaced(text)
  const lost: string[] = []
  for (const [at, text] of argv.entries()) if (isLost(text)) lost.push(`argument ${at}`)
  for (const [name, value] of variables) {
    if (isLost(name) || isLost(value)) lost.push(`variable ${shownText(name)}`)
  }
  return lost.length > 0 && showsBytes() ? [] : lost
}

function notHandedOn(names: readonly string[], why: string, hint: string): EnvsealError {
  const { length } = names
  return new EnvsealError(
    "NOT_TEXT",
    `${nameList(names, 5)} ${length === 1 ? "is" : "are"} not UTF-8: ${why}`,
    { hint },
  )
}
