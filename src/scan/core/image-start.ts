import { type JsonObject, objectIn, textIn } from "../../core/json-object.ts"
import { isGivenValue, isSecretName } from "../../core/secret-name.ts"
import { printable } from "../../core/text.ts"
import { dropsCommand, openingOf } from "../../doctor/core/recipe/opening.ts"
import { normalPath } from "../../image/normal-path.ts"
import { optionValue, optionWords } from "../../open/core/option-words.ts"
import type { Script } from "../../open/core/script-start.ts"
import { type StartedApp, startedApp } from "../../open/core/started-app.ts"

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

/** A file of an image that is kept for the judgement. */
export type KeptFile =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "sealed"; readonly bytes: Uint8Array }
  | { readonly type: "link"; readonly to: string }
  /** It is there, and no more of it is known. */
  | { readonly type: "other" }

/** The files of an image that were kept, by path without a `/` before it. */
export type KeptFiles = ReadonlyMap<string, KeptFile>

/** What an image starts. */
export interface StartJudgement {
  readonly faults: readonly ProofFault[]
  /** Where `open` looks for the sealed file; `null` when nothing opens. */
  readonly sealedPath: string | null
}

const valued = "-c,--expect -i,--identity -k,--kms-key --in --out --mode --owner --timeout --region --profile"

/** Judges what a container of an image would do, without settings of its own. */
export function judgeStart(run: JsonObject, files: KeptFiles): StartJudgement {
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
  const given = optionWords(valued, opening.options)
  const faults = [
    ...shellForm(entry, command),
    ...programFaults(words, files),
    ...userFaults(textIn(run, "User") ?? "", optionValue(given, "--owner"), app, files),
  ]
  const sealed = optionValue(given, "--in") ?? ".env.sealed"
  return { faults, sealedPath: normalPath(sealed.startsWith("/") ? sealed : `${folder}/${sealed}`) }
}

function shellForm(entry: readonly string[], command: readonly string[]): readonly ProofFault[] {
  if (!dropsCommand(entry, command)) return []
  const what = "its entry point is in the shell form, so that CMD is never given to it"
  return [{ proof: "entry", what, field: "config.Entrypoint" }]
}

function programFaults(words: readonly string[], files: KeptFiles): readonly ProofFault[] {
  // A package of npm is looked for by npx itself.
  if (words.some((word) => /(?:^|\/)(?:npx|pnpm|yarn|bunx)$/.test(word))) return []
  if ([...files.keys()].some((path) => /(?:^|\/)envseal$/.test(path))) return []
  return [{ proof: "program", what: "envseal is not in it", field: "config.Entrypoint" }]
}

function userFaults(
  said: string,
  owner: string | null,
  app: StartedApp | null,
  files: KeptFiles,
): readonly ProofFault[] {
  const [user = ""] = said.split(":")
  const fault = (what: string): readonly ProofFault[] => [{ proof: "user", what, field: "config.User" }]
  const accounts = textAt(files, "etc/passwd")
  const isThere = (name: string) =>
    /^\d+$/.test(name) ||
    accounts === null ||
    accounts.split("\n").some((line) => line.startsWith(`${name}:`))
  const isRoot = user === "" || user === "root" || user === "0"
  const [owning = ""] = owner?.split(":") ?? []
  if (!isRoot && !isThere(user)) return fault(`it has no user ${printable(user, 40)}, whom it runs as`)
  if (owning !== "" && !isThere(owning)) return fault(`it has no user ${printable(owning, 40)} of --owner`)
  if (!isRoot && owning !== "" && owning !== user) {
    return fault(
      `open runs as ${printable(user, 40)}, and cannot give the file to ${printable(owning, 40)} of --owner`,
    )
  }
  if (isRoot && owner === null && app?.kind === "server" && app.isDirect && app.userChanges.length === 0) {
    return fault(
      `open runs as root, and ${app.name} gives the app another user, who cannot read the file: --owner`,
    )
  }
  return []
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

function textAt(files: KeptFiles, path: string): string | null {
  const file = fileAt(files, path)
  return file?.type === "text" ? file.text : null
}

/** Links are followed, as far as they were kept. */
export function fileAt(files: KeptFiles, path: string, steps = 8): KeptFile | null {
  const file = files.get(path)
  if (file === undefined) return null
  if (file.type !== "link" || steps === 0) return file
  const folder = path.slice(0, path.lastIndexOf("/") + 1)
  return fileAt(files, normalPath(file.to.startsWith("/") ? file.to : `${folder}${file.to}`), steps - 1)
}

function scriptsIn(files: KeptFiles, folder: string): (command: string) => Script | "unknown" | null {
  return (command) => {
    const whole = command.startsWith("/") ? command : `${folder}/${command}`
    const path = command.includes("/")
      ? normalPath(whole)
      : [...files.keys()].find((one) => one.endsWith(`bin/${command}`))
    const file = path === undefined ? null : fileAt(files, path)
    if (file === null || path === undefined) return null
    return file.type === "text" ? { path: `/${path}`, text: file.text } : null
  }
}

function known(script: Script | "unknown" | null): Script | null {
  return script === "unknown" ? null : script
}
