import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { layOut } from "../../build/layout.ts"
import { pinnedRuntime } from "../../build/runtime.ts"
import { targets } from "../../build/targets.ts"
import type { Contender } from "./contender.ts"
import { writeMeasured } from "./document.ts"
import { median, peakMemory } from "./measure.ts"
import { binaryIsThere, type Pair, prepareStart } from "./prepare.ts"
import { machine } from "./report.ts"
import { type KmsBench, prepareKms } from "./start/kms.ts"
import { stages } from "./start/stage-names.ts"
import { callsOf, millionsOfInstructions } from "./start/trace.ts"
import { type Usage, usagesOf } from "./start/usage.ts"
import { unpack } from "./unpack.ts"

const rounds = Number(process.env["BENCH_RUNS"] ?? 31)
const root = join(import.meta.dirname, "../..")

/**
 * `npm run bench:start` prints what a start of `open` costs, beside an empty program of the same runtime, and where in
 * it that is spent; with `-- --write` both tables also go into docs/benchmarks.md. It runs on Bun, which tells the
 * processor time of a child.
 */
async function main(folder: string): Promise<void> {
  if (!binaryIsThere()) throw new Error("there is no binary: npm run build && npm run build:binary")
  const { pairs, empty, emptyNode } = prepareStart(folder)
  const kms = await prepareKms(folder)
  const loadBefore = load()
  const wholes = wholeTable(
    [
      ...pairs,
      ...kms.near.binary.map((one): Pair => [one, empty]),
      ...kms.near.node.map((one): Pair => [one, emptyNode]),
    ],
    folder,
  )
  const far = await farTable(kms, folder)
  await kms.stop()
  const parts = stageTable(await stageContenders(folder), folder)
  const node = execFileSync(join(root, "node_modules/.bin/node"), ["--version"], { encoding: "utf8" })
  const conditions = `on ${machine(node.trim().slice(1))}; load average ${loadBefore} before, ${load()} after`
  const text = [
    `Medians of ${rounds} whole processes each, in turns, ${conditions}.`,
    wholes,
    far,
    parts,
  ].join("\n\n")
  console.log(text)
  if (process.argv.includes("--write")) writeMeasured("bench:start", `${text}\n`)
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}

/** Each program with the empty one of its runtime; the ratio is the median of those of each round. */
function wholeTable(pairs: readonly Pair[], folder: string): string {
  const contenders = [...new Set(pairs.flat())]
  const usages = usagesOf(contenders, folder, rounds)
  const rows = contenders.map((one) => {
    const own = usages.get(one) ?? []
    const empty = usages.get(pairs.find(([program]) => program === one)?.[1] ?? one) ?? []
    const ratio = (of: (usage: Usage) => number) =>
      median(own.map((usage, at) => of(usage) / of(empty[at] ?? usage)))
    const calls = callsOf(one, folder)
    return [
      one.name,
      number(median(own.map(wall))),
      number(ratio(wall), 2),
      number(median(own.map(cpu))),
      number(ratio(cpu), 2),
      number(instructionsOf(one, folder)),
      number(calls?.all ?? null, 0),
      number(calls?.threads ?? null, 0),
      number(peakMemory(one, folder), 0),
    ]
  })
  return markdown(
    [
      "program",
      "ms",
      "to empty",
      "CPU ms",
      "CPU to empty",
      "instructions, M",
      "system calls",
      "threads",
      "peak, MiB",
    ],
    rows,
  )
}

/** What opening takes where each answer of AWS is 30 ms away, and what passes on the way. */
async function farTable(kms: KmsBench, folder: string): Promise<string> {
  const rows: string[][] = []
  for (const one of kms.far) {
    await kms.passed()
    const usages = usagesOf([one], folder, rounds).get(one) ?? []
    const { connections, roundTrips } = await kms.passed()
    const runs = rounds + 1
    const each = (count: number) => number(count / runs, 1)
    rows.push([one.name, number(median(usages.map(wall))), each(connections), each(roundTrips)])
  }
  return markdown(["`open --stdout` with KMS by TLS, 30 ms away", "ms", "connections", "round trips"], rows)
}

/** What each stage adds to those before it. */
function stageTable(contenders: readonly Contender[], folder: string): string {
  const usages = usagesOf(contenders, folder, rounds)
  const times = contenders.map((one) => median((usages.get(one) ?? []).map(cpu)))
  const counts = contenders.map((one) => instructionsOf(one, folder))
  const rows = contenders.map(({ name }, at) => [
    name,
    number((times[at] ?? 0) - (times[at - 1] ?? 0), 2),
    number(difference(counts[at], at === 0 ? 0 : counts[at - 1])),
  ])
  return markdown(["stage of `open --stdout`, binary", "CPU ms more", "instructions more, M"], rows)
}

async function stageContenders(folder: string): Promise<Contender[]> {
  const target = targets[`${process.platform}-${process.arch}`] ?? ""
  const outfile = join(folder, "stages")
  const compiled = join(folder, "compiled-stages")
  const laidOut = join(root, "dist/bin/stages")
  const options = {
    entry: await layOut(join(import.meta.dirname, "start/stages.ts"), laidOut),
    target,
    runtime: pinnedRuntime(target, folder),
    outfile: compiled,
    define: {},
  }
  execFileSync(process.execPath, [join(root, "build/bundle.mjs"), JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "inherit"],
  })
  rmSync(laidOut, { recursive: true })
  unpack(compiled, outfile)
  return stages.map((name) => ({ name, argv: [outfile, name], isRight: () => true }))
}

/** They take most of the bench's time: `--no-instructions` leaves them out. */
function instructionsOf(one: Contender, folder: string): number | null {
  return process.argv.includes("--no-instructions") ? null : millionsOfInstructions(one, folder)
}

const wall = ({ wallMs }: Usage): number => wallMs
const cpu = ({ cpuMs }: Usage): number => cpuMs

function difference(more: number | null | undefined, less: number | null | undefined): number | null {
  return more == null || less == null ? null : more - less
}

function number(value: number | null, digits = 1): string {
  return value === null ? "" : value.toFixed(digits)
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, at) => (at === 0 ? "---" : "---:"))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

const folder = mkdtempSync(join(tmpdir(), "envseal-start-"))
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
