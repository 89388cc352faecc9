import type { EnvironmentSettings } from "../../config/settings.ts"
import { shellWord } from "../../core/shell.ts"
import { command, commandLine, type Remedy } from "./remedy.ts"

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
