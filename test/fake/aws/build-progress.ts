import { type EndStatus, type PhaseContext, type PhaseType, type Span, timetable } from "./build-play.ts"
import type { BuildRecord } from "./build-record.ts"

/** A phase that has begun. Times are milliseconds since 1970. */
export interface PhaseProgress {
  readonly type: PhaseType
  readonly start: number
  /** `null` while it runs, and for `COMPLETED`. */
  readonly end: number | null
  readonly status: EndStatus
  readonly contexts: readonly PhaseContext[]
}

/** How far a build is. */
export interface Progress {
  readonly phases: readonly PhaseProgress[]
  readonly current: PhaseType
  readonly status: EndStatus | "IN_PROGRESS"
  /** When it was, or `null` while it runs. */
  readonly completedAt: number | null
}

/** What a build has come to at a time of its clock. */
export function progressOf(record: BuildRecord, now: number): Progress {
  const spans = spansOf(record)
  const begun = spans.filter((span) => span.start <= now)
  const phases = begun.map((span) => ({
    ...span,
    end: span.type === "COMPLETED" || span.end > now ? null : span.end,
  }))
  const last = phases.at(-1)
  const isComplete = last?.type === "COMPLETED"
  return {
    phases,
    current: last?.type ?? "SUBMITTED",
    status: isComplete ? endOf(record, spans) : "IN_PROGRESS",
    completedAt: isComplete ? last.start : null,
  }
}

/** When a phase begins, or `null` when the build never comes so far. */
export function startOf(record: BuildRecord, type: PhaseType): number | null {
  return spansOf(record).find((span) => span.type === type)?.start ?? null
}

/** When a phase ends well, or `null` when it does not, or something failed before it. */
export function successOf(record: BuildRecord, type: PhaseType): number | null {
  const spans = spansOf(record)
  const until = spans.slice(0, spans.findIndex((span) => span.type === type) + 1)
  return until.every((span) => span.status === "SUCCEEDED") ? (until.at(-1)?.end ?? null) : null
}

// The timetable by the build's clock, cut where somebody stopped it.
function spansOf({ play, startedAt, stoppedAt }: BuildRecord): readonly Span[] {
  const spans = timetable(play).map((span) => ({
    ...span,
    start: startedAt + span.start,
    end: startedAt + span.end,
  }))
  if (stoppedAt === null) return spans
  const cut = spans.filter((span) => span.end <= stoppedAt)
  const running = spans.find((span) => span.end > stoppedAt)
  if (running === undefined) return spans
  const completed = { type: "COMPLETED", status: "SUCCEEDED", contexts: [] } as const
  return [
    ...cut,
    { ...running, end: stoppedAt, status: "STOPPED", contexts: [] },
    { ...completed, start: stoppedAt, end: stoppedAt },
  ]
}

function endOf({ stoppedAt }: BuildRecord, spans: readonly Span[]): EndStatus {
  if (stoppedAt !== null) return "STOPPED"
  return spans.find((span) => span.status !== "SUCCEEDED")?.status ?? "SUCCEEDED"
}
