import { type JsonObject, objectIn, textIn } from "../../core/json-object.ts"
import { isGivenValue, isSecretName } from "../../core/secret-name.ts"
import { printable } from "../../core/text.ts"
import { dropsCommand, losesFirstWord, openingOf } from "../../doctor/core/recipe/opening.ts"
import { normalPath } from "../../image/normal-path.ts"
import { openWords } from "../../open/core/open-words.ts"
import { optionValue } from "../../open/core/option-words.ts"
import type { Script } from "../../open/core/script-start.ts"
import { startedApp } from "../../open/core/started-app.ts"
import { userFaults } from "./image-user.ts"
import { fileAt, isExecutable, type KeptFiles } from "./kept-file.ts"

/** What of a start was not as it should be. Permanent: scripts compare them. */
export type Proof =
  /** What is started does not come to `envseal open`. */
  | "entry"
  /** envseal is not there. */
  | "program"
  /** The sealed file is not there, or is none. */
  | "sealed"
  | "context"
  | "version"
  | "recipient"
  /** The app could not read what is opened. */
  | "user"
  | "variable"
  | "label"
  | "argument"

/** One thing that is not as it should be. Safe to print: no field here can hold a value. */
export interface ProofFault {
  readonly proof: Proof
  readonly what: string
  /** The place in the configuration, such as `config.Env[3]`. */
  readonly field: string | null
}

/** What an image starts. */
export interface StartJudgement {
  readonly faults: readonly ProofFault[]
  /** Where `open` looks for the sealed file; `null` when nothing opens. */
  readonly sealedPath: string | null
}

/**
 * Judges what a container of an image would do, without settings of its own.
 *
 * @param architecture the processor that the image is for; `null` when it does not say.
 */
export function judgeStart(
  run: JsonObject,
  files: KeptFiles,
  architecture: string | null = null,
): StartJudgement {
  const folder = textIn(run, "WorkingDir") || "/"
  const entry = wordsIn(run, "Entrypoint")
  const command = wordsIn(run, "Cmd")
  const words = [...entry, ...command]
  const scripts = scriptsIn(files, folder)
  const opening = openingOf(words, scripts)
  if (opening.answer !== "opens") {
    const what =
      opening.answer === "never"
        ? `it starts ${printable(words[0] ?? "nothing", 80)}, which never runs envseal open`
        : `what ${printable(opening.program, 80)} starts is not known, and envseal open is not seen`
    return { faults: [{ proof: "entry", what, field: "config.Entrypoint" }], sealedPath: null }
  }
  const at = opening.options.indexOf("--")
  const app = at < 0 ? null : startedApp(opening.options.slice(at + 1), (one) => known(scripts(one)))
  const given = openWords(opening.options)
  const sealed = optionValue(given, "--in") ?? ".env.sealed"
  const sealedPath = normalPath(sealed.startsWith("/") ? sealed : `${folder}/${sealed}`)
  const user = { name: textIn(run, "User") ?? "", app, given, sealedPath }
  const faults = [
    ...shellForm(entry, command),
    ...scriptFaults(words, folder, files),
    ...programFaults(words, files, architecture),
    ...userFaults(user, files).map((what): ProofFault => ({ proof: "user", what, field: "config.User" })),
  ]
  return { faults, sealedPath }
}

function shellForm(entry: readonly string[], command: readonly string[]): readonly ProofFault[] {
  const isLost = losesFirstWord(entry, command)
  if (!isLost && !dropsCommand(entry, command)) return []
  const what = isLost
    ? "its entry point takes the first word of CMD for the name of its shell"
    : "its entry point is in the shell form, so that CMD is never given to it"
  return [{ proof: "entry", what, field: "config.Entrypoint" }]
}

function programFaults(
  words: readonly string[],
  files: KeptFiles,
  architecture: string | null,
): readonly ProofFault[] {
  const fault = (what: string): readonly ProofFault[] => [
    { proof: "program", what, field: "config.Entrypoint" },
  ]
  // A package of npm is looked for by npx itself.
  if (words.some((word) => /(?:^|\/)(?:npx|pnpm|yarn|bunx)$/.test(word))) return []
  const named = words.find((word) => /^\/(?:.*\/)?envseal$/.test(word))
  if (named !== undefined && fileAt(files, normalPath(named)) === null)
    return fault(`it has no ${printable(named, 200)}`)
  const paths =
    named === undefined
      ? [...files.keys()].filter((path) => /(?:^|\/)envseal$/.test(path))
      : [normalPath(named)]
  const programs = paths.flatMap((path) => fileAt(files, path) ?? [])
  if (programs.length === 0) return fault("envseal is not in it")
  const path = `/${printable(paths[0] ?? "", 200)}`
  if (!programs.some(isExecutable)) return fault(`${path} may not be executed`)
  const others = programs.flatMap((file) => (file.type === "other" ? (file.machine ?? []) : []))
  const [other = null] = others
  const isForOthers = others.length === programs.length && !others.some((one) => one === architecture)
  return architecture !== null && isForOthers
    ? fault(`${path} is for ${other}, and the image for ${printable(architecture, 40)}`)
    : []
}

/**
 * The system runs no script that nobody may execute, or that does not say by what (execve(2)). One that a shell is given
 * it only reads.
 */
function scriptFaults(
  [command = ""]: readonly string[],
  folder: string,
  files: KeptFiles,
): readonly ProofFault[] {
  const path = placeOf(command, folder, files)
  const file = path === null ? null : fileAt(files, path)
  if (path === null || file?.type !== "text") return []
  const fault = (what: string): readonly ProofFault[] => [
    { proof: "entry", what: `/${printable(path, 200)} ${what}`, field: "config.Entrypoint" },
  ]
  if (!isExecutable(file)) return fault("may not be executed")
  return file.text.startsWith("#!")
    ? []
    : fault("does not begin with #! and what runs it, so it cannot be started")
}

/** Secrets by their names, in what everybody who has the image can read. */
export function judgeNames(run: JsonObject, steps: readonly string[]): readonly ProofFault[] {
  const variables = wordsIn(run, "Env").map((pair, at) => [pair, `config.Env[${at}]`] as const)
  const labels = Object.entries(objectIn(run, "Labels"))
  return [
    ...variables.flatMap(([pair, field]) => {
      const [name, value] = split(pair)
      return holds(name, value)
        ? [fault("variable", `the variable ${printable(name, 80)} has a value`, field)]
        : []
    }),
    ...labels.flatMap(([name, value]) =>
      holds(name, String(value))
        ? [
            fault(
              "label",
              `the label ${printable(name, 80)} has a value`,
              `config.Labels.${printable(name, 80)}`,
            ),
          ]
        : [],
    ),
    ...steps.flatMap((step, at) =>
      argumentsOf(step).map((name) =>
        fault(
          "argument",
          `the argument ${printable(name, 80)} of the build has a value`,
          `history[${at}].created_by`,
        ),
      ),
    ),
  ]
}

/** `ARG NAME=value`, and `|1 NAME=value /bin/sh -c …` before what RUN runs. */
function argumentsOf(step: string): readonly string[] {
  const [, set] = /^(?:\/bin\/sh -c #\(nop\)\s+)?ARG\s+(\S+=.*)$/.exec(step) ?? []
  const [, used] = /^(?:RUN )?\|\d+ (.*?)(?: \/(?:usr\/)?bin\/|$)/.exec(step) ?? []
  const pairs = [...(set ?? used ?? "").matchAll(/(?:^|\s)([A-Za-z_]\w*)=(\S*)/g)]
  const names = pairs.filter(([, name = "", value = ""]) => holds(name, value)).map(([, name = ""]) => name)
  return [...new Set(names)]
}

function holds(name: string, value: string): boolean {
  return isSecretName(name) && isGivenValue(value.replace(/^(["'])(.*)\1$/, "$2"))
}

function fault(proof: Proof, what: string, field: string): ProofFault {
  return { proof, what, field }
}

function split(pair: string): readonly [string, string] {
  const at = pair.indexOf("=")
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)]
}

function wordsIn(object: JsonObject, name: string): readonly string[] {
  const value = object[name]
  return Array.isArray(value) ? value.map(String) : []
}

function scriptsIn(files: KeptFiles, folder: string): (command: string) => Script | "unknown" | null {
  return (command) => {
    const path = placeOf(command, folder, files)
    const file = path === null ? null : fileAt(files, path)
    return file?.type === "text" ? { path: `/${path}`, text: file.text } : null
  }
}

/** Where a command is, if it is one of the image; `null` when no such file was kept. */
function placeOf(command: string, folder: string, files: KeptFiles): string | null {
  if (command.includes("/")) return normalPath(command.startsWith("/") ? command : `${folder}/${command}`)
  return command === "" ? null : ([...files.keys()].find((one) => one.endsWith(`bin/${command}`)) ?? null)
}

function known(script: Script | "unknown" | null): Script | null {
  return script === "unknown" ? null : script
}
