import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const document = join(import.meta.dirname, "../../docs/benchmarks.md")

/** Puts a text between the marks `NAME:begin` and `NAME:end` of docs/benchmarks.md. @throws Error without marks. */
export function writeMeasured(name: string, text: string): void {
  const before = readFileSync(document, "utf8")
  const marked = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*(<!-- ${name}:end -->)`)
  if (!marked.test(before)) throw new Error(`docs/benchmarks.md has no marks ${name}`)
  writeFileSync(
    document,
    before.replace(marked, (_, begin, end) => `${begin}${text}${end}`),
  )
}
