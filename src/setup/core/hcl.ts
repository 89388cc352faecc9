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

/** An expression of Terraform's language, where a value could stand. */
export class Expression {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Text in double quotes, in which nothing is a template (HCL native syntax specification, "Template Expressions"). */
export function hclString(text: string): string {
  return JSON.stringify(text).replace(/\$\{/g, "$$$${").replace(/%\{/g, "%%{")
}

/**
 * Data as an expression, formatted as `terraform fmt` does.
 *
 * @param indent of the line that it begins on.
 */
export function hclValue(value: unknown, indent = ""): string {
  if (value instanceof Expression) return value.text
  if (typeof value === "string") return hclString(value)
  if (Array.isArray(value)) return hclList(value, indent)
  if (typeof value === "object" && value !== null) return hclObject(Object.entries(value), indent)
  return String(value)
}

function hclList(items: readonly unknown[], indent: string): string {
  const isShort = items.length <= 1 && items.every((item) => typeof item !== "object")
  if (isShort) return `[${items.map((item) => hclValue(item)).join(", ")}]`
  const inner = `${indent}  `
  return `[\n${items.map((item) => `${inner}${hclValue(item, inner)},\n`).join("")}${indent}]`
}

function hclObject(entries: readonly (readonly [string, unknown])[], indent: string): string {
  const inner = `${indent}  `
  const members = entries.map(([name, value]) => ({
    name: /^[A-Za-z_]\w*$/.test(name) ? name : hclString(name),
    value: hclValue(value, inner),
  }))
  return `{\n${alignEquals(members)
    .map((line) => `${inner}${line}\n`)
    .join("")}${indent}}`
}

/** Values of one line each begin in one column with their neighbours'; one of several lines is alone. */
export function alignEquals(members: readonly { readonly name: string; readonly value: string }[]): string[] {
  return members.map(({ name, value }, at) => {
    const isAlone = value.includes("\n")
    const width = isAlone ? name.length : widthAround(members, at)
    return `${name.padEnd(width)} = ${value}`
  })
}

function widthAround(members: readonly { name: string; value: string }[], at: number): number {
  const isShort = (index: number) => members[index]?.value.includes("\n") === false
  let first = at
  let last = at
  while (isShort(first - 1)) first -= 1
  while (isShort(last + 1)) last += 1
  return Math.max(...members.slice(first, last + 1).map(({ name }) => name.length))
}
