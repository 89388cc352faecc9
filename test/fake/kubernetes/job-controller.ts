import { ApiError } from "./api-error.ts"
import { timestamp } from "./clock.ts"
import { findCondition, updated } from "./condition.ts"
import { type Bench, type Controller, writeStatus } from "./controller.ts"
import type { Job, JobStatus } from "./kinds.ts"
import type { Condition } from "./object.ts"
import { ownedBy } from "./ownership.ts"
import type { Pod } from "./pod.ts"
import { isActive } from "./pod-factory.ts"
import { placeOf } from "./store.ts"

interface End {
  readonly type: "Complete" | "Failed"
  readonly reason: string
  readonly message: string
}

const retrySeconds = 10

/** Runs the one pod of a Job, again when it fails as often as `backoffLimit` allows. */
export class JobController implements Controller<"jobs"> {
  readonly resource = "jobs"
  readonly kind = "Job"
  readonly #bench: Bench
  readonly #startedMs = new Map<string, number>()
  readonly #endedMs = new Map<string, number>()

  constructor(bench: Bench) {
    this.#bench = bench
  }

  sync(job: Job): number | null {
    const { store } = this.#bench
    if (hasEnded(job)) return this.#expire(job)
    const pods = ownedBy(store, job, "pods")
    const end = endOf(job, pods) ?? this.#deadlineOf(job)
    if (end !== null) {
      this.#finish(job, pods, end)
      return this.#expire(job)
    }
    const delayMs = pods.some(isActive) ? null : this.#startPod(job, pods)
    writeStatus(store, "jobs", job, this.#statusOf(job, ownedBy(store, job, "pods")))
    return soonest(delayMs, this.#remainingMs(job))
  }

  /** @returns when to try again, or `null` when the pod is there. */
  #startPod(job: Job, pods: readonly Pod[]): number | null {
    const { pods: factory, recorder, pace } = this.#bench
    const { uid } = job.metadata
    this.#startedMs.set(uid, this.#startedMs.get(uid) ?? this.#bench.clock.now())
    if (pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) return null
    try {
      factory.create({ owner: job, template: job.spec.template })
      return null
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const message = `Error creating: ${error.message}`
      recorder.record(job, "job-controller", { type: "Warning", reason: "FailedCreate", message })
      return retrySeconds * pace.secondMs
    }
  }

  #deadlineOf(job: Job): End | null {
    if (this.#remainingMs(job) !== 0) return null
    const message = "Job was active longer than specified deadline"
    return { type: "Failed", reason: "DeadlineExceeded", message }
  }

  #remainingMs({ metadata, spec }: Job): number | null {
    const started = this.#startedMs.get(metadata.uid)
    if (spec.activeDeadlineSeconds === undefined || started === undefined) return null
    const { clock, pace } = this.#bench
    return Math.max(0, started + spec.activeDeadlineSeconds * pace.secondMs - clock.now())
  }

  #finish(job: Job, pods: readonly Pod[], end: End): void {
    const { store, clock, pods: factory, recorder } = this.#bench
    const active = pods.filter(isActive)
    for (const pod of active) factory.delete(pod)
    const now = clock.now()
    const status = this.#statusOf(job, pods)
    const { active: _, ...counted } = status
    this.#endedMs.set(job.metadata.uid, now)
    writeStatus(store, "jobs", job, {
      ...counted,
      ...(active.length === 0 ? {} : { failed: (status.failed ?? 0) + active.length }),
      ...(end.type === "Complete" ? { completionTime: timestamp(now) } : {}),
      conditions: conditionsOf(end, now),
    })
    const type = end.type === "Complete" ? "Normal" : "Warning"
    const reason = end.type === "Complete" ? "Completed" : end.reason
    recorder.record(job, "job-controller", { type, reason, message: end.message })
  }

  /** Deletes it after `ttlSecondsAfterFinished`. @returns when to look again. */
  #expire(job: Job): number | null {
    const { store, clock, pace } = this.#bench
    const ended = this.#endedMs.get(job.metadata.uid)
    if (job.spec.ttlSecondsAfterFinished === undefined || ended === undefined) return null
    const leftMs = ended + job.spec.ttlSecondsAfterFinished * pace.secondMs - clock.now()
    if (leftMs > 0) return leftMs
    store.remove(placeOf("jobs", job))
    return null
  }

  #statusOf(job: Job, pods: readonly Pod[]): JobStatus {
    const count = (phase: string) => pods.filter(({ status }) => status.phase === phase).length
    return {
      startTime: job.status?.startTime ?? timestamp(this.#bench.clock.now()),
      active: pods.filter(isActive).length,
      ...(count("Succeeded") === 0 ? {} : { succeeded: count("Succeeded") }),
      ...(count("Failed") === 0 ? {} : { failed: count("Failed") }),
    }
  }
}

function endOf({ spec }: Job, pods: readonly Pod[]): End | null {
  const failed = pods.filter(({ status }) => status.phase === "Failed").length
  if (pods.some(({ status }) => status.phase === "Succeeded")) {
    return {
      type: "Complete",
      reason: "CompletionsReached",
      message: "Reached expected number of succeeded pods",
    }
  }
  if (failed <= spec.backoffLimit) return null
  return {
    type: "Failed",
    reason: "BackoffLimitExceeded",
    message: "Job has reached the specified backoff limit",
  }
}

// The server announces the end first, and adds the condition of the end itself.
function conditionsOf({ type, reason, message }: End, nowMs: number): readonly Condition[] {
  const announced = type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget"
  return [announced, type].map((name) => {
    const { lastUpdateTime, ...condition } = updated(
      { type: name, status: "True", reason, message },
      null,
      nowMs,
    )
    return condition
  })
}

function hasEnded({ status }: Job): boolean {
  return ["Complete", "Failed"].some((type) => findCondition(status?.conditions, type)?.status === "True")
}

function soonest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
