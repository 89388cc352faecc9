import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { benchmarkRows, benchmarkSvg } from "../../build/benchmark-svg.ts"
import { podStart, podStartSvg } from "../../build/pod-start-svg.ts"

const docs = join(import.meta.dirname, "../../docs")
const document = join(docs, "benchmarks.md")

/**
 * Puts a text between the marks `NAME:begin` and `NAME:end` of docs/benchmarks.md, and draws its pictures again.
 *
 * @throws Error without marks
 */
export function writeMeasured(name: string, text: string): void {
  const before = readFileSync(document, "utf8")
  const marked = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*(<!-- ${name}:end -->)`)
  if (!marked.test(before)) throw new Error(`docs/benchmarks.md has no marks ${name}`)
  const after = before.replace(marked, (_, begin, end) => `${begin}${text}${end}`)
  writeFileSync(document, after)
  writeFileSync(join(docs, "pictures/benchmarks.svg"), benchmarkSvg(benchmarkRows(after)))
  writeFileSync(join(docs, "pictures/pod-start.svg"), podStartSvg(podStart(after)))
}
