import type { Mistake } from "./mistakes.ts"

/** The commonest mistakes with `envseal manifests`. */
export const manifestsMistakes: readonly Mistake[] = [
  ["manifest production", "unknown command manifest, did you mean manifests?", "see envseal --help"],
  ["render production", "unknown command render, did you mean manifests?", "see envseal --help"],
  ["template production", "unknown command template, did you mean manifests?", "see envseal --help"],
  [
    "manifests",
    "manifests is given without an environment",
    "name one of envseal.yaml: envseal manifests production",
  ],
  ["manifests a b", "too many arguments for manifests", "write: envseal manifests [options] [environment]"],
  ["manifests a -e b", "two environments are named: one as an argument, one with -e", "drop one of them"],
  ["manifests p --filename x", "unknown option --filename, did you mean --file?"],
  ["manifests p --tag build-42", "unknown option --tag, did you mean --image?"],
  ["manifests p --apply", "unknown option --apply"],
  ["manifests p -f", "--file is given without its <path>"],
  ["manifests p --dry-run", "unknown option --dry-run: init, env add, deploy have it"],
]
