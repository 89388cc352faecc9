import { attempt } from "./attempt.ts"
import type { AwsIdentity } from "./identity.ts"
import { chooseMechanism, type Mechanism } from "./mechanism.ts"
import { Redactor } from "./redact.ts"
import type { AwsSettings } from "./settings.ts"

/** Those that end sooner are asked for again. */
const marginMs = 300_000
/** What was asked for just now is not asked for again: it would be the same. */
const settledMs = 60_000
/** How long new ones are asked for while those at hand are still good. */
const renewalMs = 10_000

interface Held {
  readonly identity: AwsIdentity
  readonly askedAtMs: number
}

/**
 * The credentials of this process. One mechanism is chosen from what is present, and when it fails no other one
 * steps in: who acts must not depend on what happens to be down.
 */
export class Credentials {
  readonly redactor = new Redactor()
  readonly #settings: AwsSettings
  readonly #nowMs: () => number
  #mechanism: Mechanism | null = null
  #held: Promise<Held> | null = null
  #renewal: Promise<Held> | null = null

  /** @param nowMs this machine's clock, in milliseconds since the epoch. */
  constructor(settings: AwsSettings, nowMs = Date.now) {
    this.#settings = settings
    this.#nowMs = nowMs
  }

  /** @throws EnvsealError `NO_CREDENTIALS` when no mechanism is configured. */
  get mechanism(): Mechanism {
    this.#mechanism ??= chooseMechanism(this.#settings, this.redactor)
    return this.#mechanism
  }

  /**
   * Asks for them once, and again when they are about to end or were refused: a process that runs for seconds asks
   * once whatever happens.
   *
   * @param refused an identity that a service called expired; when it is the one at hand, another is asked for.
   * @throws EnvsealError `NO_CREDENTIALS`, `CREDENTIALS_REFUSED`, `ACCESS_DENIED` or `REMOTE_FAILED`.
   */
  async load(refused: AwsIdentity | null = null): Promise<AwsIdentity> {
    this.#held ??= this.#ask(this.#settings.remainingMs)
    const held = await this.#held
    if (!this.#isDue(held, refused)) return held.identity
    this.#renewal ??= this.#renew(held, refused === held.identity)
    return (await this.#renewal).identity
  }

  #isDue({ identity, askedAtMs }: Held, refused: AwsIdentity | null): boolean {
    if (this.#nowMs() - askedAtMs < settledMs) return false
    return refused === identity || this.#endsWithin(identity, marginMs)
  }

  #endsWithin({ expiration }: AwsIdentity, ms: number): boolean {
    return expiration !== undefined && expiration.getTime() - this.#nowMs() < ms
  }

  async #renew(held: Held, refused: boolean): Promise<Held> {
    const good = !refused && !this.#endsWithin(held.identity, 0)
    try {
      const { remainingMs } = this.#settings
      this.#held = Promise.resolve(
        await this.#ask(good ? () => Math.min(renewalMs, remainingMs()) : remainingMs),
      )
    } catch (error) {
      if (!good) throw error
      this.#settings.log.debug("credentials: no new ones yet, and the old ones are good for some minutes")
      this.#held = Promise.resolve({ ...held, askedAtMs: this.#nowMs() })
    } finally {
      this.#renewal = null
    }
    return this.#held
  }

  async #ask(remainingMs: () => number): Promise<Held> {
    const { mechanism, redactor } = this
    const { log } = this.#settings
    log.debug(`credentials: ${mechanism.name}${mechanism.role === null ? "" : ` as ${mechanism.role}`}`)
    try {
      const identity = await attempt(
        `credentials from ${mechanism.name}`,
        () => mechanism.load(),
        { ...this.#settings, remainingMs },
        mechanism.waits,
      )
      for (const text of [identity.secretAccessKey, identity.sessionToken, identity.accessKeyId]) {
        redactor.add(text)
      }
      return { identity, askedAtMs: this.#nowMs() }
    } catch (error) {
      const { credentialsError } = await import("./error-credentials.ts")
      throw credentialsError(error, mechanism, redactor)
    }
  }
}
