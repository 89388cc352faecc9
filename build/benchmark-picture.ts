import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { benchmarkRows, benchmarkSvg } from "./benchmark-svg.ts"

const docs = join(import.meta.dirname, "../docs")

/** Draws docs/pictures/benchmarks.svg from the table in docs/benchmarks.md. */
const rows = benchmarkRows(readFileSync(join(docs, "benchmarks.md"), "utf8"))
writeFileSync(join(docs, "pictures/benchmarks.svg"), benchmarkSvg(rows))
