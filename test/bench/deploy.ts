import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type Result, run } from "./deploy/run.ts"
import { startStage } from "./deploy/stage.ts"
import { overBudget, summary } from "./deploy/summary.ts"
import { planTrials } from "./deploy/trial.ts"
import { writeMeasured } from "./document.ts"
import { checkParts, clusterParts } from "./needed.ts"
import { machine } from "./report.ts"

const rounds = Number(process.env["BENCH_RUNS"] ?? 6)
const gapMs = Number(process.env["BENCH_GAP_MS"] ?? 5_000)

/**
 * `npm run bench:deploy` prints the table; with `-- --write` it also goes into docs/benchmarks.md.
 *
 * @returns whether every deploy ended as it must, and envseal kept to its budget.
 */
async function main(folder: string): Promise<boolean> {
  checkParts(clusterParts)
  const trials = planTrials(rounds)
  await using stage = await startStage(folder, trials)
  const loads: number[] = []
  const settled = await Promise.allSettled(
    trials.map(async (trial, index) => {
      await sleep(index * gapMs)
      loads.push(loadavg()[0] ?? 0)
      return run(stage, trial)
    }),
  )
  const failures = settled.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []))
  const results = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
  const text = `${conditions(loads)}\n\n${summary(results)}\n`
  console.log(text)
  const wrong = [...failures, ...overBudget(results)]
  for (const line of wrong) console.error(line)
  if (process.argv.includes("--json")) printEach(results)
  if (process.argv.includes("--write") && failures.length === 0) writeMeasured("bench:deploy", text)
  return wrong.length === 0
}

function conditions(loads: readonly number[]): string {
  const [least, most] = [Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1))
  return (
    `Medians, with the least and the most, of ${rounds} deploys by each in each case, one begun every ` +
    `${gapMs / 1000} s, on ${machine()}; load average ${least} to ${most}.`
  )
}

function printEach(results: readonly Result[]): void {
  for (const { trial, course, requests } of results) {
    console.log(JSON.stringify({ name: trial.name, buildSeconds: trial.buildSeconds, ...course, requests }))
  }
}

const folder = mkdtempSync(join(tmpdir(), "envseal-bench-"))
try {
  process.exitCode = (await main(folder)) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
