import { programName } from "../../open/core/program-kind.ts"
import { unwrap } from "../../open/core/wrapper.ts"

/** A command line that runs envseal. */
export interface EnvsealCall {
  /** Such as `open`. */
  readonly command: string
  /** The words after it. */
  readonly options: readonly string[]
}

const name = /(?:^|\/)envseal(?:\.js|@[\w.^~-]+)?$/
/** Programs that run a package of npm, and what they take before its name. */
const runner = /^(?:npx|pnpm|yarn|bunx|bun|npm|exec|dlx|node|nodejs|-\S*)$/
const containers = /^(?:docker|podman|nerdctl)$/

/** @returns `null` for a command that runs anything else. */
export function envsealCall(words: readonly string[], steps = 0): EnvsealCall | null {
  const [command = "", ...args] = words
  const program = programName(command)
  const at = words.findIndex((word) => name.test(word))
  const before = words.slice(0, Math.max(at, 0))
  if (at >= 0 && before.every((word) => runner.test(programName(word)))) return callOf(words.slice(at + 1))
  if (containers.test(program) && args[0] === "run") return inContainer(args)
  const wrapped = steps > 8 ? null : unwrap(program, args)
  return wrapped === null || wrapped.words.length === 0 ? null : envsealCall(wrapped.words, steps + 1)
}

function callOf(rest: readonly string[]): EnvsealCall | null {
  const at = rest.findIndex((word) => !word.startsWith("-"))
  const command = rest[at]
  return command === undefined ? null : { command, options: rest.slice(at + 1) }
}

/** `docker run … IMAGE seal`, where the image's name or a variable of it says envseal. */
function inContainer(words: readonly string[]): EnvsealCall | null {
  const isVariable = (at: number) => /^(?:-e|--env|--env-file)$/.test(words[at - 1] ?? "")
  const at = words.findIndex(
    (word, place) => /envseal/i.test(word) && !/^-|=/.test(word) && !isVariable(place),
  )
  return at < 0 ? null : callOf(words.slice(at + 1).filter((word) => !name.test(word)))
}
