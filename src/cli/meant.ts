import { closest } from "../core/closest.ts"

/** What other programs call what is here called otherwise: of each, the one that a command has is meant. */
const otherWords: Readonly<Record<string, readonly string[]>> = {
  "--all": ["--watch"],
  "--branch": ["--source"],
  "--decrypt": ["--identity"],
  "--follow": ["--watch"],
  "--environment": ["--env"],
  "--file": ["--in", "--from", "--config"],
  "--filename": ["--file"],
  "--force": ["--break-lock", "--yes"],
  "--format": ["--json"],
  "--input": ["--in"],
  "--key": ["--identity", "--kms-key", "--recipient"],
  "--name": ["--app"],
  "--output": ["--out", "--json"],
  "--ref": ["--source"],
  "--remote": ["--as"],
  "--sha": ["--commit"],
  "--silent": ["--quiet"],
  "--tag": ["--image", "--source"],
  "--trace": ["--debug"],
  "--verbose": ["--debug"],
  "--wait": ["--watch", "--timeout"],
  add: ["env", "set"],
  apply: ["deploy"],
  completions: ["completion"],
  create: ["add"],
  decrypt: ["open"],
  delete: ["unset"],
  encrypt: ["seal"],
  exec: ["open"],
  generate: ["keygen"],
  get: ["names"],
  history: ["versions"],
  iam: ["policy"],
  lint: ["check"],
  list: ["status", "names"],
  log: ["history"],
  logs: ["deploy"],
  ls: ["status", "names"],
  mv: ["rename"],
  new: ["add"],
  ps: ["status"],
  put: ["set"],
  release: ["deploy"],
  render: ["manifests"],
  releases: ["history"],
  remove: ["unset"],
  revert: ["rollback", "restore"],
  rm: ["unset"],
  rollback: ["restore"],
  rotate: ["rekey"],
  run: ["open"],
  setup: ["init"],
  show: ["inspect", "names"],
  template: ["manifests"],
  undo: ["rollback", "restore"],
  up: ["deploy"],
  validate: ["check"],
  verify: ["doctor"],
}

/**
 * What was likely meant by a word that is none of the names.
 *
 * @param word a command, or an option with its dashes.
 * @returns `null` when nothing is near.
 */
export function meantBy(word: string, names: readonly string[]): string | null {
  const known = Object.hasOwn(otherWords, word) ? otherWords[word] : undefined
  const [other] = known?.filter((name) => names.includes(name)) ?? []
  return other ?? closest(word, names)[0] ?? null
}
