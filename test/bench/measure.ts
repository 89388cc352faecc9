import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Contender, isThere, makeReady, run } from "./contender.ts"

export interface Measured {
  readonly name: string
  /** Median of whole processes, from start to end. */
  readonly milliseconds: number
  /** Peak of resident memory in MiB; `null` without GNU time. */
  readonly mebibytes: number | null
}

const gnuTime = "/usr/bin/time"

/** Every contender once a round, so that what else the machine does falls on all of them. */
export function measure(contenders: readonly Contender[], folder: string, rounds: number): Measured[] {
  const times = new Map(contenders.map(({ name }): [string, number[]] => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      makeReady(contender, folder)
      const started = process.hrtime.bigint()
      run(contender, folder)
      times.get(contender.name)?.push(Number(process.hrtime.bigint() - started) / 1e6)
    }
  }
  return contenders.map((contender) => ({
    name: contender.name,
    milliseconds: median(times.get(contender.name) ?? []),
    mebibytes: peakMemory(contender, folder),
  }))
}

export function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[list.length >> 1] ?? Number.NaN
}

/** The middle of three runs, in MiB; `null` without GNU time. */
export function peakMemory(contender: Contender, folder: string): number | null {
  if (!isThere(gnuTime)) return null
  const peaks = [1, 2, 3].map(() => {
    makeReady(contender, folder)
    run({ ...contender, argv: [gnuTime, "-f", "%M", "-o", "memory.txt", ...contender.argv] }, folder)
    return Number(readFileSync(join(folder, "memory.txt"), "utf8").trim().split("\n").at(-1)) / 1024
  })
  return median(peaks)
}
