import type { EnvironmentSettings } from "../../config/settings.ts"
import { shellWord } from "../../core/shell.ts"

/** What makes a fault go away. One line, to be applied as it is printed. */
export type Remedy =
  /** A command line for a POSIX shell. */
  | { readonly type: "command"; readonly text: string }
  /** A place in a file, and what to write there. */
  | {
      readonly type: "edit"
      /** Such as `envseal.yaml:12:7`. Of the setting, or of what it belongs into when it is not there yet. */
      readonly place: string
      /** Its path, such as `build.project`. */
      readonly setting: string
      /** JSON, which is YAML too. */
      readonly value: string
    }
  /** What only a person can decide or do. */
  | { readonly type: "advice"; readonly text: string }

/** As it is printed: `run: …`, `set … to … at …`, or the advice. */
export function remedyText(remedy: Remedy): string {
  switch (remedy.type) {
    case "command":
      return `run: ${remedy.text}`
    case "edit":
      return `set ${remedy.setting} to ${remedy.value} at ${remedy.place}`
    case "advice":
      return remedy.text
  }
}

export function advice(text: string): Remedy {
  return { type: "advice", text }
}

/** @param words the command and its arguments, each as the program gets it. */
export function command(...words: readonly string[]): Remedy {
  return { type: "command", text: words.map(shellWord).join(" ") }
}

/** @param line a command line as it stands. Words in it that come from outside went through {@link shellWord}. */
export function commandLine(line: string): Remedy {
  return { type: "command", text: line }
}

export function edit(place: string, setting: string, value: unknown): Remedy {
  return { type: "edit", place, setting, value: JSON.stringify(value) }
}

/** Change a setting of the environment, at its place or, when it has none, at the environment's. */
export function setTo(settings: EnvironmentSettings, path: string, value: unknown): Remedy {
  const place = settingPlace(settings, path)
  return edit(
    place,
    settings.places[path] === undefined ? `environments.${settings.name}.${path}` : path,
    value,
  )
}

/** Where a setting stands, or what it would stand in. */
export function settingPlace({ places, place }: EnvironmentSettings, path: string): string {
  return places[path] ?? place
}

type Place = Pick<EnvironmentSettings, "name" | "region" | "profile" | "cluster">

/** A command of the AWS CLI, in the Region and with the profile of the environment. */
export function aws(place: Place, ...words: readonly string[]): Remedy {
  return command(...awsWords(place, words))
}

/** The same as text, for a longer command line. */
export function awsText(place: Place, ...words: readonly string[]): string {
  return awsWords(place, words).map(shellWord).join(" ")
}

/** A command with an output of envseal as its last argument: `aws … --policy "$(envseal policy key -e production)"`. */
export function awsWithPolicy(
  place: Place,
  kind: "build" | "pod" | "deployer" | "key",
  ...words: readonly string[]
): Remedy {
  return commandLine(`${awsText(place, ...words)} "$(envseal policy ${kind} -e ${shellWord(place.name)})"`)
}

/** A command of kubectl, in the context and the namespace of the environment. */
export function kubectl(place: Place, ...words: readonly string[]): Remedy {
  return command("kubectl", ...words, ...kubectlPlace(place))
}

/** `--context … --namespace …`, for a longer command line. */
export function kubectlPlace({ cluster }: Place): string[] {
  const context = cluster?.context ?? null
  return [
    ...(context === null ? [] : ["--context", context]),
    ...(cluster === null ? [] : ["--namespace", cluster.namespace]),
  ]
}

function awsWords({ region, profile }: Place, words: readonly string[]): string[] {
  const [service = "", operation = "", ...rest] = words
  return [
    ...["aws", service, operation],
    ...(region === null ? [] : ["--region", region]),
    ...(profile === null ? [] : ["--profile", profile]),
    ...rest,
  ]
}
