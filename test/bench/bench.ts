import { mkdtempSync, rmSync } from "node:fs"
import { loadavg, tmpdir } from "node:os"
import { join } from "node:path"
import { prepareAws } from "./aws.ts"
import { type Contender, isThere, makeReady, run } from "./contender.ts"
import { writeMeasured } from "./document.ts"
import { measure } from "./measure.ts"
import { binaryIsThere, prepare } from "./prepare.ts"
import { machine, table } from "./report.ts"

const rounds = Number(process.env["BENCH_RUNS"] ?? 15)

/**
 * `npm run bench` prints the table; with `-- --write` it also goes into docs/benchmarks.md.
 *
 * @returns whether all of our own programs did what they should. A peer that is missing is left out.
 */
async function main(folder: string): Promise<boolean> {
  if (!binaryIsThere()) throw new Error("there is no binary: npm run build:binary")
  const local = prepare(folder)
  const { aws, contenders: remote } = await prepareAws(folder)
  try {
    const contenders = [...local, ...remote]
    const wrong = contenders.filter((contender) => !isRight(contender, folder))
    for (const { name } of wrong) console.error(`left out, missing or wrong: ${name}`)
    const loadBefore = load()
    const present = contenders.filter((contender) => !wrong.includes(contender))
    const measured = table(measure(present, folder, rounds))
    const missing =
      wrong.length === 0
        ? ""
        : ` Not there, or not working here: ${wrong.map(({ name }) => name).join(", ")}.`
    const conditions = `on ${machine()}; load average ${loadBefore} before, ${load()} after`
    const text = `Medians of ${rounds} whole processes each, in turns, ${conditions}.${missing}\n\n${measured}\n`
    console.log(text)
    if (process.argv.includes("--write")) writeMeasured("bench", text)
    return wrong.every(({ name }) => !name.includes("envseal"))
  } finally {
    await aws.stop()
  }
}

function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1)
}

function isRight(contender: Contender, folder: string): boolean {
  makeReady(contender, folder)
  return isThere(contender.argv[0] ?? "") && contender.isRight(run(contender, folder))
}

const folder = mkdtempSync(join(tmpdir(), "envseal-bench-"))
try {
  process.exitCode = (await main(folder)) ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
