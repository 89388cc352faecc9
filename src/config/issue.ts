import type { z } from "zod"
import { printable } from "../core/text.ts"
import type { Fault } from "./fault.ts"
import { type MapEntry, nodeAt, type SettingNode } from "./node.ts"
import { adviceFor, type KnownSetting } from "./setting-names.ts"

type Issue = z.core.$ZodIssue

/** What was checked. */
export interface IssueSubject {
  readonly node: SettingNode
  /** Where {@link node} is in the file, such as `["environments", "production"]`. */
  readonly path: readonly string[]
  /** Its name and where that stands: the place of what is missing. */
  readonly entry: MapEntry
  readonly settings: readonly Pick<KnownSetting, "path">[]
}

/** The faults that the schema found, each with its place in the text. */
export function faultsOfIssues(issues: readonly Issue[], subject: IssueSubject): Fault[] {
  return issues.flatMap((issue) => faultsOfOne(issue, subject))
}

function faultsOfOne(issue: Issue, subject: IssueSubject): Fault[] {
  const path = issue.path.map(String)
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => unknownSetting(name, path, subject))
  }
  if (issue.code === "invalid_union") {
    const branch = issue.errors.find((inner) => !inner.some(isOfOtherKind))
    if (branch !== undefined) {
      return branch.flatMap((inner) =>
        faultsOfOne({ ...inner, path: [...issue.path, ...inner.path] }, subject),
      )
    }
  }
  const entry = entryAt(subject, path)
  if (entry === null) return [missingSetting(path, issue.message, subject)]
  const { node, keyPlace } = entry
  if (issue.code === "invalid_key") {
    const [inner] = issue.issues
    return [bad(keyPlace, `${shownPath(node.path)} cannot have this name; ${inner?.message ?? ""}`)]
  }
  const what = issue.message.startsWith("write ") ? `${shown(node)}; ${issue.message}` : issue.message
  return [bad(node.place, `${shownPath(node.path)} ${what}`)]
}

/** Whether a branch of a union is for another kind of value, and what it says beside the point. */
function isOfOtherKind(issue: Issue): boolean {
  return issue.code === "invalid_type" && issue.path.length === 0
}

function bad(place: Fault["place"], reason: string): Fault {
  return { code: "BAD_SETTING", place, reason }
}

function unknownSetting(name: string, path: readonly string[], subject: IssueSubject): Fault {
  const { entry, settings } = subject
  const parent = entryAt(subject, path)?.node ?? entry.node
  const found = parent.kind === "map" ? parent.entries.get(name) : undefined
  const written = found?.node.path ?? [...parent.path, name]
  const advice = adviceFor(name, [...subject.path, ...path], settings)
  return {
    code: "UNKNOWN_SETTING",
    place: found?.keyPlace ?? parent.place,
    reason: `${shownPath(written)} is not a setting; ${advice}`,
  }
}

/**
 * Told of the environment when a section lacks it that `defaults` has begun: there, it need not be whole. Items of
 * lists are whole wherever they stand.
 */
function missingSetting(path: readonly string[], instead: string, subject: IssueSubject): Fault {
  const above = path.slice(0, -1)
  const parent = entryAt(subject, above) ?? subject.entry
  const isItem = above.some((step) => /^\d+$/.test(step))
  const isPart = parent.node.path[0] === "defaults" && subject.path.length > 0 && !isItem
  const written = isPart ? [...subject.path, ...path] : [...parent.node.path, ...path.slice(-1)]
  return {
    code: "MISSING_SETTING",
    place: (isPart ? subject.entry : parent).keyPlace,
    reason: `${shownPath(written)} is missing; ${instead}`,
  }
}

/** A list's items have no key: their own place stands in for it. */
function entryAt({ node, entry }: IssueSubject, path: readonly string[]): MapEntry | null {
  const last = path.at(-1)
  if (last === undefined) return entry
  const parent = nodeAt(node, path.slice(0, -1))
  if (parent?.kind === "map") return parent.entries.get(last) ?? null
  const item = nodeAt(node, path)
  return item === null ? null : { keyPlace: item.place, node: item }
}

/** A path for a message. A name that looks like anything but a name is not repeated. */
function shownPath(path: readonly string[]): string {
  const steps = path.map((step) => (/^[\w.<>/ :-]{1,40}$/.test(step) && !looksSecret(step) ? step : "…"))
  return steps.join(".") || "the file"
}

/** Settings whose values may be what somebody took for a good place to put a secret. */
const neverShown: ReadonlySet<string> = new Set(["variables", "command"])

/** What is written there, for a message; the value itself when it is short and plain. */
function shown(node: SettingNode): string {
  if (node.kind === "list") return node.items.length === 0 ? "is an empty list" : "is a list"
  if (node.kind === "map") return node.entries.size === 0 ? "is an empty mapping" : "is a mapping"
  const { value, source } = node
  if (value === null) return "is empty"
  const isText = typeof value === "string"
  const text = isText ? value : source
  const kind = isText ? "" : `a ${typeof value} and no text`
  const hidden = node.path.some((step) => neverShown.has(step)) || text.length > 60 || looksSecret(text)
  if (hidden) return kind === "" ? "is not what can stand here" : `is ${kind}`
  return kind === "" ? `is "${printable(text)}"` : `is ${printable(text)}, ${kind}`
}

/** Long runs of letters and digits, as keys and tokens have them, and what a password is commonly written after. */
function looksSecret(text: string): boolean {
  return /[A-Za-z0-9+/=_]{20,}|[=@]|^base64:|^AGE-/i.test(text)
}
