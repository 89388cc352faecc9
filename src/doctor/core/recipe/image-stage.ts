import { expandWord, rawPairs, unknownPart, type VariableLookup } from "./expansion.ts"
import { type Instruction, innerInstruction, instructionsIn } from "./instruction.ts"

/** An instruction with what counts where it stands. */
export interface StageStep {
  readonly instruction: Instruction
  /** Where relative paths begin; `unknownPart` stands in it for what is not known. */
  readonly workdir: string
  readonly lookup: VariableLookup
  /** Words that run a text of the shell form. */
  readonly shell: readonly string[]
}

/** One stage of a Dockerfile. */
export interface ImageStage {
  /** As `AS` says, in lower case; `null` for none. */
  readonly name: string | null
  /** What it starts from, with variables replaced: an image, or the name of another stage. */
  readonly base: string
  /** The stage that it starts from; `null` for an image. */
  readonly parent: ImageStage | null
  /** Its own, with those that ONBUILD of its parent brings before them. */
  readonly steps: readonly StageStep[]
  /** Its last line, from one. */
  readonly lastLine: number
  readonly user: string | null
  readonly scope: Scope
}

/** What the command line of a build says, as far as it is known. */
export interface BuildArguments {
  /** `null` for a value that is not known. */
  readonly given: Readonly<Record<string, string | null>>
}

interface Scope {
  readonly env: ReadonlyMap<string, string>
  readonly workdir: string
  readonly user: string | null
  readonly shell: readonly string[]
  readonly onbuild: readonly Instruction[]
}

const usualShell = ["/bin/sh", "-c"]
/** Set by BuildKit, by the machine that builds. */
const platformArgument = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/

/** The stages of a Dockerfile, in their order. */
export function stagesIn(text: string, { given }: BuildArguments = { given: {} }): readonly ImageStage[] {
  const stages: ImageStage[] = []
  const globals = new Map<string, string>()
  let open: { from: Instruction; body: Instruction[] } | null = null
  const close = () => {
    if (open !== null) stages.push(makeStage(open.from, open.body, stages, globals, given))
  }
  for (const instruction of instructionsIn(text)) {
    if (instruction.name === "FROM") {
      close()
      open = { from: instruction, body: [] }
    } else if (open !== null) open.body.push(instruction)
    else if (instruction.name === "ARG") {
      for (const [name, value] of argumentsOf(instruction, (one) => globals.get(one) ?? null, given)) {
        globals.set(name, value)
      }
    }
  }
  close()
  return stages
}

/** A stage and those that it starts from, the first one first. */
export function lineageOf(stage: ImageStage): readonly ImageStage[] {
  return stage.parent === null ? [stage] : [...lineageOf(stage.parent), stage]
}

/** The image that a stage stands on in the end. */
export function baseImageOf(stage: ImageStage): string {
  return lineageOf(stage)[0]?.base ?? stage.base
}

function makeStage(
  from: Instruction,
  body: readonly Instruction[],
  before: readonly ImageStage[],
  globals: ReadonlyMap<string, string>,
  given: BuildArguments["given"],
): ImageStage {
  const words = from.rest.split(/\s+/)
  const base = expandWord(words[0] ?? "", (name) => globals.get(name) ?? null)
  const parent = before.findLast(({ name }) => name !== null && name === base.toLowerCase()) ?? null
  const inherited = parent?.scope ?? {
    env: new Map(),
    workdir: base === "scratch" ? "/" : unknownPart,
    user: null,
    shell: usualShell,
    onbuild: [],
  }
  const walk = new StageWalk(inherited, globals, given)
  const steps = [...inherited.onbuild, ...body].map((one) => walk.step(one))
  const { scope } = walk
  return {
    name: /^as$/i.test(words[1] ?? "") ? (words[2] ?? "").toLowerCase() : null,
    ...{ base, parent, steps, scope, user: scope.user },
    lastLine: body.at(-1)?.lastLine ?? from.lastLine,
  }
}

/** Goes through a stage and keeps what the next instruction needs. */
class StageWalk {
  readonly #env: Map<string, string>
  readonly #args = new Map<string, string>()
  readonly #globals: ReadonlyMap<string, string>
  readonly #given: BuildArguments["given"]
  readonly #onbuild: Instruction[] = []
  #workdir: string
  #user: string | null
  #shell: readonly string[]

  constructor(scope: Scope, globals: ReadonlyMap<string, string>, given: BuildArguments["given"]) {
    this.#env = new Map(scope.env)
    this.#workdir = scope.workdir
    this.#user = scope.user
    this.#shell = scope.shell
    this.#globals = globals
    this.#given = given
  }

  get scope(): Scope {
    const { env, workdir, user, shell } = {
      env: this.#env,
      workdir: this.#workdir,
      user: this.#user,
      shell: this.#shell,
    }
    return { env, workdir, user, shell, onbuild: this.#onbuild }
  }

  step(instruction: Instruction): StageStep {
    const seen = new Map([...this.#args, ...this.#env])
    const lookup: VariableLookup = (name) => seen.get(name) ?? null
    const step = { instruction, workdir: this.#workdir, lookup, shell: this.#shell }
    this.#apply(instruction, lookup)
    return step
  }

  #apply(instruction: Instruction, lookup: VariableLookup): void {
    const { name, rest, json } = instruction
    if (name === "ENV") {
      for (const [key, value] of rawPairs(rest)) this.#env.set(key, expandWord(value ?? "", lookup))
    } else if (name === "ARG") {
      const found = argumentsOf(instruction, lookup, this.#given, this.#globals)
      for (const [key, value] of found) this.#args.set(key, value)
    } else if (name === "WORKDIR") this.#workdir = joinPath(this.#workdir, expandWord(rest, lookup))
    else if (name === "USER") this.#user = expandWord(rest, lookup)
    else if (name === "SHELL" && json !== null) this.#shell = json
    else if (name === "ONBUILD") {
      const inner = innerInstruction(instruction)
      if (inner !== null) this.#onbuild.push(inner)
    }
  }
}

function argumentsOf(
  { rest }: Instruction,
  lookup: VariableLookup,
  given: BuildArguments["given"],
  globals: ReadonlyMap<string, string> = new Map(),
): readonly (readonly [string, string])[] {
  return rawPairs(rest).map(([name, value]) => {
    if (Object.hasOwn(given, name) || platformArgument.test(name)) return [name, given[name] ?? unknownPart]
    return [name, value === null ? (globals.get(name) ?? unknownPart) : expandWord(value, lookup)]
  })
}

/** A path of the image, without `.` and `..`, and without a `/` at its end. */
export function joinPath(folder: string, path: string): string {
  const isWhole = path.startsWith("/") || path.startsWith(unknownPart)
  const parts: string[] = []
  for (const part of `${isWhole ? "" : `${folder}/`}${path}`.split("/")) {
    if (part === "..") parts.pop()
    else if (part !== "" && part !== ".") parts.push(part)
  }
  const [first = ""] = parts
  return first.startsWith(unknownPart) ? parts.join("/") : `/${parts.join("/")}`
}
