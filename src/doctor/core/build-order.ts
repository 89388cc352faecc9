import { isShell, programName } from "../../open/core/program-kind.ts"
import { shellScript } from "../../open/core/script-start.ts"
import type { BuildCommand } from "./buildspec-commands.ts"
import { envsealCall } from "./envseal-call.ts"
import { type ShellCommand, shellCommands } from "./recipe/shell-command.ts"

/** What the commands of a buildspec do with the image, as numbers of their order; empty for never. */
export interface BuildOrder {
  readonly seals: readonly number[]
  /** For `deploy --reseal`, which has the image changed and not built. */
  readonly reseals: readonly number[]
  /** The image is built, or sent away. */
  readonly images: readonly number[]
  /** A script or a target that is not at hand, so that it may do anything; `null` for none. */
  readonly unknown: string | null
}

/** Programs that run what another file of the repository says. */
const taskRunner =
  /^(?:make|gmake|just|task|ant|gradle|rake|npm|yarn|pnpm|composer|phing|robo|dep|earthly|nx|turbo)$/
const imageWork = /^(?:build|push|bake)$/

/** @param scripts texts of the repository's scripts, by path. */
export function buildOrder(
  commands: readonly BuildCommand[],
  scripts: ReadonlyMap<string, string>,
): BuildOrder {
  const reader = new OrderReader(scripts)
  for (const { text } of commands) {
    reader.read(text ?? "")
  }
  return reader
}

class OrderReader implements BuildOrder {
  readonly seals: number[] = []
  readonly reseals: number[] = []
  readonly images: number[] = []
  unknown: string | null = null
  readonly #scripts: ReadonlyMap<string, string>
  #at = 0

  constructor(scripts: ReadonlyMap<string, string>) {
    this.#scripts = scripts
  }

  read(text: string, depth = 0): void {
    for (const command of shellCommands(text)) this.#take(command, depth)
  }

  #take({ words }: ShellCommand, depth: number): void {
    this.#at += 1
    const [first = "", ...args] = words
    const program = programName(first)
    const called = envsealCall(words)?.command
    if (called === "seal") this.seals.push(this.#at)
    else if (called === "reseal") this.reseals.push(this.#at)
    else if (isImageWork(program, args)) this.images.push(this.#at)
    else if (isShell(program)) this.#follow(args, depth)
    else if (first === "." || first === "source") this.#follow(args, depth)
    else if (/^[\w.$-]*\/.*\w$|\.(?:sh|bash)$/.test(first) && !/^\/(?:usr|bin|sbin)\//.test(first))
      this.#follow(words, depth)
    else if (taskRunner.test(program) && !isInstall(args)) this.unknown ??= taskOf(words)
  }

  #follow(words: readonly string[], depth: number): void {
    const given = shellScript(words, (path) => {
      const text = this.#scripts.get(path.replace(/^(?:\.\/|\$\{?CODEBUILD_SRC_DIR\}?\/)/, ""))
      return text === undefined ? null : { path, text }
    })
    if (given !== null && depth < 5) this.read(given.text, depth + 1)
    else this.unknown ??= scriptOf(words)
  }
}

/** What is run, without what it is given: that may be a value. */
function taskOf(words: readonly string[]): string {
  const end = words.findIndex((word) => word.includes("="))
  return words.slice(0, end < 0 ? 3 : Math.min(end, 3)).join(" ")
}

/** The script that a shell is to run; `null` for none. */
function scriptOf(words: readonly string[]): string | null {
  const at = words.findIndex((word) => !word.startsWith("-"))
  const isInput = words.slice(0, Math.max(at, 0)).some((word) => /^-\w*s/.test(word))
  return isInput ? "a script on standard input" : (words[at] ?? null)
}

function isImageWork(program: string, args: readonly string[]): boolean {
  if (program === "docker-compose") return args.some((word) => imageWork.test(word))
  if (!/^(?:docker|podman|nerdctl|buildah)$/.test(program)) return false
  return args.slice(0, 3).some((word) => imageWork.test(word)) && args[0] !== "run"
}

function isInstall(args: readonly string[]): boolean {
  return /^(?:ci|i|install|require|test|audit|--version|-v)$/.test(args[0] ?? "")
}
