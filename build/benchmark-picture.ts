import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { benchmarkRows, benchmarkSvg } from "./benchmark-svg.ts"
import { podStart, podStartSvg } from "./pod-start-svg.ts"

const docs = join(import.meta.dirname, "../docs")

/** Draws docs/pictures/benchmarks.svg and docs/pictures/pod-start.svg from the tables in docs/benchmarks.md. */
const page = readFileSync(join(docs, "benchmarks.md"), "utf8")
writeFileSync(join(docs, "pictures/benchmarks.svg"), benchmarkSvg(benchmarkRows(page)))
writeFileSync(join(docs, "pictures/pod-start.svg"), podStartSvg(podStart(page)))
