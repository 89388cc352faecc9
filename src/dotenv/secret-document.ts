import { parse } from "@humanwhocodes/momoa"
import { Secret } from "../core/secret.ts"
import type { Entry } from "./entry.ts"

/** One thing to do to a secret. */
export type SecretChange =
  | { readonly type: "set"; readonly entry: Entry }
  | { readonly type: "unset"; readonly name: string }
  | { readonly type: "rename"; readonly from: string; readonly to: string }

/** A member of the object as it is written: `before` is what stands between it and the one before. */
interface Member {
  readonly name: string
  readonly before: string | null
  readonly nameText: string
  readonly colon: string
  readonly value: string
}

interface Layout {
  readonly head: string
  readonly members: readonly Member[]
  readonly tail: string
}

/**
 * A secret's JSON with changes. What is not changed stays as it is written: numbers, order, blanks.
 *
 * @param text one JSON object; `null` for a secret that has no value yet.
 */
export function changeSecret(text: Secret | null, changes: readonly SecretChange[]): Secret {
  const { head, members, tail } = layoutOf(text?.reveal() ?? "{}")
  const changed = changes.reduce(changeMembers, members)
  const separator =
    members.find(({ before }) => before !== null)?.before ?? `,${/\s*$/.exec(head)?.[0] ?? ""}`
  const parts = changed.map(({ before, nameText, colon, value }, at) => {
    const gap = at === 0 ? "" : (before ?? separator)
    return `${gap}${nameText}${colon}${value}`
  })
  return new Secret(`${head}${parts.join("")}${tail}`)
}

/**
 * A secret's JSON for a person to edit: a name on each line, values as they are written. What has line breaks already
 * stays as it is.
 *
 * @param text one JSON object; `null` for a secret that has no value yet.
 */
export function spreadSecret(text: Secret | null): Secret {
  const written = text?.reveal().trim() ?? "{}"
  if (written.includes("\n")) return new Secret(`${written}\n`)
  const lines = layoutOf(written).members.map(({ nameText, value }) => `  ${nameText}: ${value}`)
  return new Secret(lines.length === 0 ? "{\n}\n" : `{\n${lines.join(",\n")}\n}\n`)
}

function layoutOf(text: string): Layout {
  const { body } = parse(text, { mode: "json", ranges: true })
  const at = (node: { range?: readonly number[] | undefined }): [number, number] => [
    node.range?.[0] ?? 0,
    node.range?.[1] ?? 0,
  ]
  const nodes = body.type === "Object" ? body.members : []
  const [from, to] = at(body)
  let end = from + 1
  const members = nodes.map((node, index): Member => {
    const [start, stop] = at(node)
    const [, nameEnd] = at(node.name)
    const [valueStart] = at(node.value)
    const nameText = text.slice(start, nameEnd)
    const before = index === 0 ? null : text.slice(end, start)
    end = stop
    return {
      name: String(JSON.parse(nameText)),
      before,
      nameText,
      colon: text.slice(nameEnd, valueStart),
      value: text.slice(valueStart, stop),
    }
  })
  const [first] = nodes
  const head = text.slice(0, first === undefined ? from + 1 : at(first)[0])
  return { head, members, tail: text.slice(members.length === 0 ? to - 1 : end) }
}

function changeMembers(members: readonly Member[], change: SecretChange): readonly Member[] {
  if (change.type === "unset") return members.filter(({ name }) => name !== change.name)
  if (change.type === "rename") {
    return members.map((member) =>
      member.name === change.from
        ? { ...member, name: change.to, nameText: JSON.stringify(change.to) }
        : member,
    )
  }
  const { name } = change.entry
  const value = jsonOf(change.entry)
  const first = members.findIndex((member) => member.name === name)
  if (first < 0) {
    const colon = members[0]?.colon ?? ":"
    return [...members, { name, before: null, nameText: JSON.stringify(name), colon, value }]
  }
  return members.flatMap((member, at) => {
    if (member.name !== name) return [member]
    return at === first ? [{ ...member, value }] : []
  })
}

/** What is no text is kept as it was written. */
function jsonOf({ kind, value }: Entry): string {
  return kind === "string" ? JSON.stringify(value.reveal()) : value.reveal()
}
