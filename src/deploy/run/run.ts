import type { Happening } from "../core/event.ts"
import type { DeployState } from "../core/state.ts"
import { begin, step } from "../core/step.ts"
import { LeaseLock, type LockRequest } from "./lock.ts"
import { Performer, type Run } from "./performer.ts"
import type { Audience, DeployPorts, Interrupts } from "./ports.ts"
import { RunClock } from "./run-clock.ts"

/** How often the core gets a tick of time: `jumpMs` of the core is measured by it. In milliseconds. */
export const tickMs = 250

/**
 * Runs a deploy to its end. Everything is decided by the core: here its effects are performed, and what comes of
 * them is brought back to it, one event at a time.
 *
 * @returns the last state, whose phase is `ended`.
 */
export async function runDeploy(
  run: Run,
  lock: LockRequest,
  ports: DeployPorts,
  audience: Audience,
  interrupts: Interrupts,
): Promise<DeployState> {
  const over = new AbortController()
  const mailbox = new Mailbox<Happening>()
  const performer = new Performer(run, ports, audience, new LeaseLock(lock, ports), over.signal)
  const unlisten = interrupts.listen((signal) => mailbox.put({ type: "interrupted", signal }))
  const clock = new RunClock(ports)
  void tick(mailbox, performer, ports, over.signal)
  try {
    let next = begin(run.plan)
    for (;;) {
      for (const effect of next.effects) {
        performer.perform(effect, (event) => mailbox.put(event)).catch((error) => mailbox.crash(error))
      }
      audience.state(next.state)
      if (next.state.phase.name === "ended") return next.state
      const happening = await mailbox.take()
      next = step(next.state, { ...happening, atMs: clock.nowMs() })
    }
  } finally {
    unlisten()
    over.abort()
  }
}

async function tick(
  mailbox: Mailbox<Happening>,
  performer: Performer,
  { timer }: DeployPorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await timer.sleep(tickMs, signal)
    performer.beat()
    mailbox.put({ type: "time" })
  }
}

/** Events in the order in which they came, for one reader. */
export class Mailbox<T> {
  readonly #waiting: T[] = []
  #wake: (() => void) | null = null
  #crash: { readonly error: unknown } | null = null

  put(event: T): void {
    this.#waiting.push(event)
    this.#wake?.()
  }

  /** Makes the reader fail: for a bug in something that runs beside it. */
  crash(error: unknown): void {
    this.#crash ??= { error }
    this.#wake?.()
  }

  async take(): Promise<T> {
    for (;;) {
      if (this.#crash !== null) throw this.#crash.error
      const event = this.#waiting.shift()
      if (event !== undefined) return event
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = null
    }
  }
}
