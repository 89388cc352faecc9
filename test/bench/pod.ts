import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { Secret } from "../../src/core/secret.ts"
import { writeDotenv } from "../../src/dotenv/write.ts"
import { writeMeasured } from "./document.ts"
import { checkParts, clusterParts } from "./needed.ts"
import { type Contender, makePlainSecret } from "./pod/pods.ts"
import { type PodStage, startPodStage } from "./pod/stage.ts"
import { startOf } from "./pod/start.ts"
import { type Pair, podTable } from "./pod/summary.ts"
import { load, machine, whetherQuiet } from "./report.ts"

const rounds = Number(process.env["BENCH_RUNS"] ?? 15)

/**
 * `npm run bench:pod` prints what envseal adds to the start of a pod; with `-- --write` the table also goes into
 * docs/benchmarks.md, and its picture is drawn.
 */
async function main(folder: string): Promise<void> {
  checkParts(clusterParts)
  const before = loadavg()[0] ?? 0
  await using stage = await startPodStage(folder)
  await stage.plane.apply(makePlainSecret(dotenvOf(stage.shop.app.secret)))
  // The first start of each pulls, and fills the caches of files.
  for (const contender of ["envseal", "secret"] as const)
    await startOf(stage, contender, `first-${contender}`)
  const pairs: Pair[] = []
  for (let round = 0; round < rounds; round++) pairs.push(await pair(stage, round))
  const text =
    `${whetherQuiet(before)}Medians of ${rounds} starts of each, in turns, on ${machine()}; ` +
    `load average ${load(before)} before, ${load(loadavg()[0] ?? 0)} after.\n\n${podTable(pairs)}\n`
  console.log(text)
  if (process.argv.includes("--write")) writeMeasured("bench:pod", text)
}

/** Who comes first changes from one pair to the next. */
async function pair(stage: PodStage, round: number): Promise<Pair> {
  const turns: readonly Contender[] = round % 2 === 0 ? ["envseal", "secret"] : ["secret", "envseal"]
  const times = new Map<Contender, number>()
  for (const contender of turns)
    times.set(contender, await startOf(stage, contender, `${contender}-${round}`))
  return { envseal: times.get("envseal") ?? Number.NaN, secret: times.get("secret") ?? Number.NaN }
}

/** What `envseal open` writes, so that both read the same. @throws Error when no `.env` can carry it. */
function dotenvOf(secret: Readonly<Record<string, string>>): string {
  const entries = Object.entries(secret).map(
    ([name, value]) => ({ name, value: new Secret(value), kind: "string" }) as const,
  )
  const { text } = writeDotenv(entries)
  if (text === null) throw new Error("no .env can carry the secret")
  return text
}

const folder = mkdtempSync(join(tmpdir(), "envseal-bench-"))
try {
  await main(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
