import { EnvsealError } from "../../core/error.ts"
import type { Secret } from "../../core/secret.ts"
import { encodeUtf8 } from "../../core/text.ts"
import { type Difference, diffEntries } from "../../dotenv/diff.ts"
import { changeSecret, type SecretChange } from "../../dotenv/secret-document.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import type { Contents } from "../core/changes.ts"
import { checkText, type Nested } from "./check-change.ts"
import { type HeldVersion, holdsNothing, type Values, valuesOf } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { ChosenSecret } from "./target.ts"

export interface ChangeRequest {
  readonly target: ChosenSecret
  /** What is changed; `null` for a secret without a value. */
  readonly base: HeldVersion | null
  readonly changes: readonly SecretChange[]
  readonly nested: Nested
}

/** A change that was checked and is not stored yet. */
export interface PreparedChange {
  readonly target: ChosenSecret
  readonly base: HeldVersion | null
  readonly text: Secret
  readonly values: Values
  /** By name; empty when nothing would change. Safe to print. */
  readonly differences: readonly Difference[]
}

/** Makes the new text and has it checked as `seal` would. @throws EnvsealError as {@link checkText} does. */
export async function prepareChange(request: ChangeRequest, ports: EditorPorts): Promise<PreparedChange> {
  const { target, base, nested } = request
  const before = base === null ? new Map<string, Secret>() : valuesOf(base)
  const changes = request.changes.filter((change) => !isSet(change, before) || hasProblem(change, base))
  const text = changeSecret(base?.text ?? null, changes)
  const after = contentsOf(text)
  const values = valuesOf(after)
  const differences = [...diffEntries(before, values), ...mendedNames(base, after, values)]
  if (changes.length > 0) await checkText(text, { target, base, nested }, ports)
  return { target, base, text, values, differences }
}

/** Whether a name has the value already. What is equal stays as it is written, as a number does. */
function isSet(change: SecretChange, before: Values): boolean {
  if (change.type !== "set") return false
  return before.get(change.entry.name)?.equals(change.entry.value) ?? false
}

function hasProblem(change: SecretChange, base: HeldVersion | null): boolean {
  return change.type === "set" && (base?.problems.some(({ name }) => name === change.entry.name) ?? false)
}

/** Names that `seal` would refuse, and that are gone or in order now, where their values do not show it. */
function mendedNames(base: HeldVersion | null, after: Contents, values: Values): Difference[] {
  const had = new Set((base?.problems ?? []).map(({ name }) => name))
  const has = new Set(after.problems.map(({ name }) => name))
  const before = valuesOf(base ?? { entries: [] })
  return [...had].flatMap((name): Difference[] => {
    const [old, now] = [before.get(name), values.get(name)]
    if (has.has(name)) return []
    if (old === undefined) return now === undefined ? [{ name, change: "removed" }] : []
    return now?.equals(old) ? [{ name, change: "changed" }] : []
  })
}

function contentsOf(text: Secret): Contents {
  if (holdsNothing(text.reveal())) {
    throw new EnvsealError("SECRET_REFUSED", "a secret needs at least one name", {
      hint: "leave one in, or delete the secret in Secrets Manager",
    })
  }
  return readSecretJson(encodeUtf8(text.reveal()), { source: "the secret", nested: "json" })
}
