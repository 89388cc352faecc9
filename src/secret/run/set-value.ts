import { EnvsealError } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { nameList, printable } from "../../core/text.ts"
import type { Entry } from "../../dotenv/entry.ts"
import type { SecretChange } from "../../dotenv/secret-document.ts"
import type { HeldVersion } from "./held-version.ts"
import { type ChosenSecret, commandFor } from "./target.ts"

/** Where Laravel looks for the keys before, the newest first (Laravel, "Gracefully Rotating Encryption Keys"). */
const previousKeys = "APP_PREVIOUS_KEYS"

/**
 * @param rotate keep the value before in front of `APP_PREVIOUS_KEYS`.
 * @throws EnvsealError `SECRET_REFUSED` for the first line of a key: a prompt takes no more of what is pasted.
 */
export function setChanges(
  name: string,
  value: Secret,
  base: HeldVersion | null,
  { rotate }: { readonly rotate: boolean },
): readonly SecretChange[] {
  if (/^\s*-----BEGIN [^-]+-----\s*$/.test(value.reveal())) {
    throw new EnvsealError(
      "SECRET_REFUSED",
      `the value of ${name} is only the first line of a key or a certificate`,
      {
        hint: `a value of several lines comes from standard input: envseal secret set ENVIRONMENT ${name} < FILE`,
      },
    )
  }
  const set = { type: "set", entry: entryOf(name, value) } as const
  const before = keyNamed(base, name)
  if (!rotate || before === null || before.equals(value)) return [set]
  const older = keyNamed(base, previousKeys)
  const keys = [before, ...(older === null ? [] : [older])]
  const joined = new Secret(keys.map((key) => key.reveal()).join(","))
  return [set, { type: "set", entry: entryOf(previousKeys, joined) }]
}

function entryOf(name: string, value: Secret): Entry {
  return { name, value, kind: "string" }
}

/** With what is no key, such as `null`, Laravel would not start. */
function keyNamed(base: HeldVersion | null, name: string): Secret | null {
  const entry = base?.entries.find((one) => one.name === name)
  return entry === undefined || entry.kind !== "string" || entry.value.equals(new Secret(""))
    ? null
    : entry.value
}

/** @throws EnvsealError `USAGE` for names that the secret does not have, without what else an argument may be. */
export function unsetChanges(
  names: readonly string[],
  base: HeldVersion | null,
  target: ChosenSecret,
): readonly SecretChange[] {
  refuseAbsent(names, base, target)
  return names.map((name) => ({ type: "unset", name }))
}

/** @throws EnvsealError `USAGE` when the old name is not there, or the new one is, or both are the same. */
export function renameChanges(
  { from, to }: { readonly from: string; readonly to: string },
  base: HeldVersion | null,
  target: ChosenSecret,
): readonly SecretChange[] {
  refuseAbsent([from], base, target)
  if (from === to)
    throw new EnvsealError("USAGE", "both names are the same", { hint: "write the new name last" })
  if (!namesOf(base).has(to)) return [{ type: "rename", from, to }]
  throw new EnvsealError("USAGE", `the secret ${target.id} has ${printable(to)} already`, {
    hint: `choose another name, or take that one out with its value: ${commandFor(target, "unset", printable(to))}`,
  })
}

/** Names that cannot be sealed count too: they are to be taken out. */
function namesOf(base: HeldVersion | null): ReadonlySet<string> {
  return new Set([...(base?.entries ?? []), ...(base?.problems ?? [])].map(({ name }) => name))
}

function refuseAbsent(names: readonly string[], base: HeldVersion | null, target: ChosenSecret): void {
  const there = namesOf(base)
  const absent = names.filter((name) => !there.has(name))
  if (absent.length === 0) return
  const shown = absent.every((name) => /^\w{1,255}$/.test(name))
    ? nameList(absent, 5)
    : "a name that was given"
  throw new EnvsealError("USAGE", `the secret ${target.id} does not have ${shown}`, {
    hint: `look at what it has: ${commandFor(target, "names")}`,
  })
}
