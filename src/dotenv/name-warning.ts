import {
  choosingNames,
  leakingNames,
  nameMatcher,
  roleNames,
  trafficNames,
  trustNames,
} from "./special-names.ts"

const isTraffic = nameMatcher(trafficNames)

const warnings: readonly (readonly [(name: string) => boolean, string])[] = [
  [nameMatcher(roleNames), "takes the place of the pod's own role in the AWS SDKs of the app"],
  [
    (name) => isTraffic(name) || (/_proxy$/.test(name) && isTraffic(name.toUpperCase())),
    "redirects the app's outgoing traffic",
  ],
  [nameMatcher(trustNames), "changes which certificates the app trusts"],
  [nameMatcher(leakingNames), "lets others read what the app sends"],
  [(name) => name === "ENV", "names a file that an interactive sh runs"],
  [nameMatcher(choosingNames), "chooses options or code for a program that reads it"],
]

/** Why a permitted name deserves a look, or `null`. */
export function nameWarning(name: string): string | null {
  return warnings.find(([matches]) => matches(name))?.[1] ?? null
}
