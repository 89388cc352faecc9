import { EnvsealError } from "../../core/error.ts"
import type { Lease } from "../../core/kubernetes.ts"
import { hereOf, momentText } from "../../core/moment.ts"
import { printable } from "../../core/text.ts"
import type { LocalClock, Timer } from "../../ports/clock.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { Log } from "../../ports/log.ts"
import { nobody } from "../core/state.ts"
import { RunClock } from "./run-clock.ts"

export interface LockRequest {
  /** Name of the Lease. */
  readonly name: string
  /** Unique to this run; begins with who runs it. */
  readonly holder: string
  /** Whether it is taken from its holder. */
  readonly force: boolean
}

type Ports = { cluster: Cluster; clock: LocalClock; timer: Timer; log: Log }

/** At the end of a holder. */
const run = / ([0-9a-f-]{36})$/
const durationSeconds = 30
/** So much of its duration is left for a change to reach the cluster, in milliseconds. */
const marginMs = 5_000
const lookAgainMs = 2_000
/** A holder that says it renews less often than this is not waited for any longer. */
const longestWaitSeconds = 120
const attempts = 5

/** How soon a held lock is renewed. */
export const renewAfterMs = 10_000

/** The name of the Lease that keeps two deploys of one environment apart: a DNS subdomain (RFC 1123). */
export function leaseName(app: string, environment: string): string {
  const plain = `envseal-${app}-${environment}`.toLowerCase().replace(/[^a-z0-9-]+/g, "-")
  return plain.replace(/-+$/, "").slice(0, 250)
}

/**
 * A lock by a Lease. It is taken over only from a holder that is gone: one that has not renewed it for as long as it
 * said, by the clock of the one who looks. Clocks of two machines are never compared (Kubernetes API, Lease v1).
 */
export class LeaseLock {
  readonly #request: LockRequest
  readonly #ports: Ports
  readonly #clock: RunClock
  #held: Lease | null = null
  /** When the last write was asked for of which is known that it was taken: milliseconds of its clock. */
  #writtenMs = 0
  #takenFrom: string | null = null
  /** Whether somebody else was seen to have it: by force, so that the time of the last write says nothing any more. */
  #isLost = false
  /** Whether it is being given back, or was. */
  #isLeaving = false
  readonly #changes = new Set<Promise<unknown>>()

  constructor(request: LockRequest, ports: Ports) {
    this.#request = request
    this.#ports = ports
    this.#clock = new RunClock(ports)
  }

  /** Whether it is ours for certain, and stays so: nobody takes a Lease that was written so short a time ago. */
  isSure(): boolean {
    return (
      this.#held !== null &&
      !this.#isLost &&
      !this.#isLeaving &&
      this.#clock.nowMs() - this.#writtenMs < durationSeconds * 1000 - marginMs
    )
  }

  /** The run whose lock was taken, which did not come to its end; `null` when the lock was free. */
  get takenFrom(): string | null {
    return this.#takenFrom
  }

  /** @throws EnvsealError `LOCKED` when another run has it, and what the cluster throws. */
  async take(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const found = await this.#ports.cluster.readLease(this.#request.name)
      if (found !== null && !this.#isFree(found)) await this.#outlive(found, signal)
      this.#writtenMs = this.#clock.nowMs()
      this.#held = await this.#ports.cluster.writeLease(this.#mine(found))
      if (this.#held !== null) {
        this.#takenFrom = this.#otherRun(found)
        return
      }
    }
    throw new EnvsealError("LOCKED", `others take the lock ${this.#request.name} at the same time`, {
      hint: "try again in a moment",
    })
  }

  /**
   * @returns the name of its holder; `null` while it is ours.
   * @throws EnvsealError `LOCKED` when it is changed under its holder's name again and again, and what the cluster throws.
   */
  async renew(): Promise<string | null> {
    const { cluster, clock } = this.#ports
    for (let attempt = 0; attempt < attempts; attempt++) {
      if (this.#held === null) return nobody
      const sentMs = this.#clock.nowMs()
      const now = clock.now()
      const spec = { ...this.#held.spec, renewTime: microTime(now) }
      const written = await cluster.writeLease({ ...this.#held, spec })
      // An answer that was lost looks like somebody else's change.
      const found = written ?? (await cluster.readLease(this.#request.name))
      if (found?.spec.holderIdentity !== this.#request.holder) {
        this.#isLost = true
        return holderOf(found)
      }
      this.#held = found
      const ageMs = written === null ? ageAt(now, found) : 0
      if (ageMs === null) continue
      this.#writtenMs = Math.max(this.#writtenMs, sentMs - ageMs)
      return null
    }
    throw new EnvsealError("LOCKED", `the lock ${this.#request.name} is changed by others all the time`)
  }

  /** Makes a change under this lock, which is not given back before that is answered. */
  async during<T>(change: () => Promise<T>): Promise<T> {
    const made = change()
    this.#changes.add(made)
    try {
      return await made
    } finally {
      this.#changes.delete(made)
    }
  }

  /** Gives it back once what is on its way is answered: that could come to the cluster when another run has the lock. */
  async release(): Promise<void> {
    this.#isLeaving = true
    await Promise.allSettled(this.#changes)
    if (this.#held === null) return
    const { cluster } = this.#ports
    if (!(await cluster.deleteLease(this.#held))) {
      const found = await cluster.readLease(this.#request.name)
      if (found?.spec.holderIdentity === this.#request.holder) await cluster.deleteLease(found)
    }
    this.#held = null
  }

  #otherRun(lease: Lease | null): string | null {
    const { holderIdentity = "" } = lease?.spec ?? {}
    return holderIdentity === this.#request.holder ? null : runOf(holderIdentity)
  }

  #isFree({ spec }: Lease): boolean {
    const { force, holder } = this.#request
    return force || !spec.holderIdentity || spec.holderIdentity === holder
  }

  /** Waits until the holder cannot be alive any more. */
  async #outlive(found: Lease, signal: AbortSignal): Promise<void> {
    const { cluster, timer, log } = this.#ports
    const seconds = Math.min(found.spec.leaseDurationSeconds ?? durationSeconds, longestWaitSeconds)
    log.warn(`${holderOf(found)} has the lock; looking for ${seconds} s whether they are still there`)
    const until = timer.nowMs() + seconds * 1000
    while (timer.nowMs() < until) {
      await timer.sleep(lookAgainMs, signal)
      signal.throwIfAborted()
      const now = await cluster.readLease(this.#request.name)
      if (now === null || this.#isFree(now)) return
      if (now.metadata.resourceVersion !== found.metadata.resourceVersion) throw this.#locked(now)
    }
    log.warn(`${holderOf(found)} is gone; taking over their lock`)
  }

  #locked(lease: Lease): EnvsealError {
    const { acquireTime } = lease.spec
    const since =
      acquireTime === undefined ? "" : ` since ${momentText(acquireTime, hereOf(this.#ports.clock))}`
    return new EnvsealError("LOCKED", `${holderOf(lease)} deploys this environment${since}`, {
      hint: "wait for them, or take the lock from them if you know that they are gone: --break-lock",
    })
  }

  #mine(found: Lease | null): Lease {
    const now = microTime(this.#ports.clock.now())
    const { metadata = { name: this.#request.name }, spec = {} } = found ?? {}
    return {
      metadata,
      spec: {
        holderIdentity: this.#request.holder,
        leaseDurationSeconds: durationSeconds,
        acquireTime: now,
        renewTime: now,
        leaseTransitions: found === null ? 0 : (spec.leaseTransitions ?? 0) + 1,
      },
    }
  }
}

/** Who has the lock, for people. */
export function holderOf(lease: Lease | null): string {
  // The unique part of a holder is not for people.
  return printable((lease?.spec.holderIdentity ?? nobody).replace(run, ""))
}

/** What makes a holder unique, which is its run; `null` when it has no such part. */
function runOf(holder: string): string | null {
  return run.exec(holder)?.[1] ?? null
}

/**
 * How long ago a Lease of ours was renewed, in milliseconds: that time is of our own clock. `null` when that is too long
 * ago to be a renewal whose answer was lost, or cannot be.
 */
function ageAt(now: Date, { spec }: Lease): number | null {
  const ageMs = now.getTime() - Date.parse(spec.renewTime ?? "")
  return ageMs >= 0 && ageMs <= renewAfterMs ? ageMs : null
}

/** RFC 3339 with six decimals, as the API wants a MicroTime. */
function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z")
}
