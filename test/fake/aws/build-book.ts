import { randomUUID } from "node:crypto"
import type { Play } from "./build-play.ts"
import { progressOf, startOf } from "./build-progress.ts"
import { type BuildOrder, type BuildRecord, buildId, type Place } from "./build-record.ts"
import type { Project } from "./project.ts"

/** All builds since the fake was started, in the order in which they began. */
export class BuildBook {
  readonly #records: BuildRecord[] = []
  readonly #numbers = new Map<string, number>()
  readonly #turns = new Map<string, number>()

  /** The next play of the project, from now on. */
  start(project: Project, place: Place, order: BuildOrder, now: number): BuildRecord {
    return this.#add({ project, place, order, startedAt: now, retryOf: null, retryNumber: 0 })
  }

  /** By its id; also one that CodeBuild has started itself meanwhile. @returns `null` for one of another place. */
  find(id: string, { account, region }: Place, now: number): BuildRecord | null {
    const isIt = (record: BuildRecord) =>
      buildId(record) === id && record.place.account === account && record.place.region === region
    return this.all(now).find(isIt) ?? null
  }

  all(now: number): readonly BuildRecord[] {
    this.#retry(now)
    return this.#records
  }

  /** Stops a build that runs; one that has ended stays as it is. @returns it, or `null` when there is none. */
  stop(id: string, place: Place, now: number): BuildRecord | null {
    const record = this.find(id, place, now)
    if (record === null || progressOf(record, now).completedAt !== null) return record
    return this.#replace(record, { stoppedAt: now })
  }

  /**
   * Ends the phase `BUILD` of a build that is in it, now. From there on the build goes as this play does.
   *
   * @throws Error when no such build is in it.
   */
  end(id: string, play: Play, now: number): void {
    const record = this.all(now).find((one) => buildId(one) === id)
    if (record === undefined || progressOf(record, now).current !== "BUILD")
      throw new Error(`no build ${id} is in the phase BUILD`)
    const began = startOf(record, "BUILD") ?? now
    const seconds = { ...record.play.seconds, ...play.seconds, BUILD: (now - began) / 1000 }
    this.#replace(record, { play: { ...play, seconds } })
  }

  /** The first play comes next in every project. */
  rewind(): void {
    this.#turns.clear()
  }

  #add(start: Omit<BuildRecord, "uuid" | "number" | "play" | "stoppedAt" | "retriedAs">): BuildRecord {
    const { name, plays } = start.project
    const turn = this.#turns.get(name) ?? 0
    const play = playOf(plays[Math.min(turn, plays.length - 1)] ?? {}, start.order)
    const number = (this.#numbers.get(name) ?? 0) + 1
    this.#turns.set(name, turn + 1)
    this.#numbers.set(name, number)
    const record = { ...start, uuid: randomUUID(), number, play, stoppedAt: null, retriedAs: null }
    this.#records.push(record)
    return record
  }

  // The list grows while it is walked, so that a retry is retried too.
  #retry(now: number): void {
    for (const record of this.#records) {
      const { status, completedAt } = progressOf(record, now)
      const hasFailed = status === "FAILED" || status === "FAULT" || status === "TIMED_OUT"
      if (!hasFailed || completedAt === null || record.retriedAs !== null) continue
      if (record.retryNumber >= record.order.autoRetryLimit) continue
      const { project, place, order } = record
      const from = { retryOf: buildId(record), retryNumber: record.retryNumber + 1 }
      const retry = this.#add({ project, place, order, startedAt: completedAt, ...from })
      this.#replace(record, { retriedAs: buildId(retry) })
    }
  }

  #replace(record: BuildRecord, part: Partial<BuildRecord>): BuildRecord {
    const changed = { ...record, ...part }
    this.#records[this.#records.indexOf(record)] = changed
    return changed
  }
}

/** A build whose source is not to be had fails by that, whatever was to become of it. */
function playOf(play: Play, { sourceFault }: BuildOrder): Play {
  if (sourceFault === null) return play
  return { ...play, failure: { phase: "DOWNLOAD_SOURCE", contexts: [sourceFault] } }
}
