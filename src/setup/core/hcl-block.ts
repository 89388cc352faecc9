import { alignEquals, hclValue } from "./hcl.ts"

/** Members of a block by their names: data, or inner blocks. */
export type Members = Readonly<Record<string, unknown>>

/** A block within another one. */
export class Block {
  readonly members: Members

  constructor(members: Members) {
    this.members = members
  }
}

/** A block at the top of a file, with a comment above it, formatted as `terraform fmt` does. */
export function block(comment: string, title: string, members: Members): string {
  const lines = comment === "" ? [] : comment.split("\n").map((line) => `# ${line}\n`)
  return `${lines.join("")}${title} {\n${bodyOf(members, "  ")}}\n`
}

/** Arguments of one line, then each of several lines and each inner block with an empty line before it. */
function bodyOf(members: Members, indent: string): string {
  const entries = Object.entries(members)
  const values = entries.flatMap(([name, value]) =>
    blocksOf(value) === null ? [{ name, value: hclValue(value, indent) }] : [],
  )
  const short = alignEquals(values.filter(({ value }) => !value.includes("\n")))
  const long = values
    .filter(({ value }) => value.includes("\n"))
    .map(({ name, value }) => `${name} = ${value}`)
  const inner = entries.flatMap(([name, value]) =>
    (blocksOf(value) ?? []).map(({ members: own }) => `${name} {\n${bodyOf(own, `${indent}  `)}${indent}}`),
  )
  const groups = [
    short.map((line) => `${indent}${line}\n`).join(""),
    ...[...long, ...inner].map((text) => `${indent}${text}\n`),
  ]
  return groups.filter((group) => group !== "").join("\n")
}

function blocksOf(value: unknown): readonly Block[] | null {
  if (value instanceof Block) return [value]
  return Array.isArray(value) && value.length > 0 && value.every((item) => item instanceof Block)
    ? value
    : null
}
