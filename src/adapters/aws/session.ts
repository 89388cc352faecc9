import { EnvsealError } from "../../core/error.ts"
import { attempt, wholeAnswer } from "./attempt.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import type { RequestHandler } from "./http.ts"
import type { AwsIdentity } from "./identity.ts"
import { type AwsSettings, configuredRegion } from "./settings.ts"

/** What every client of the SDK is made with. One attempt, because `attempt` alone repeats. */
export interface ClientSettings {
  readonly credentials: AwsIdentity
  readonly requestHandler: RequestHandler
  readonly maxAttempts: 1
  readonly region?: string
  readonly profile?: string
}

/** One request: whose client sends it, and where to. */
export interface Request<Client extends { destroy(): void }, Result> {
  readonly call: Call
  /** The Region that the resource names; `null` for the configured one. */
  readonly region: string | null
  readonly client: (settings: ClientSettings) => Client | Promise<Client>
  readonly send: (client: Client) => Promise<Result>
  /** What sends it without a client, for credentials of no profile; `null` where that cannot be. */
  readonly direct?: (by: DirectSettings) => (() => Promise<Result>) | null
  /** What of the request is not repeated when the answer does. */
  readonly values?: readonly string[]
}

/** What a request is sent with that needs no client. */
export interface DirectSettings {
  readonly settings: AwsSettings
  readonly identity: AwsIdentity
  readonly region: string | null
}

type FailedRequest = Pick<Request<{ destroy(): void }, unknown>, "call" | "region" | "values">

/** How long the account is asked for, to say where something was not found. */
const askLimitMs = 3_000

/** What a service calls that it does not know. */
const missing = ["NotFoundException", "ResourceNotFoundException"]

type Perform = <T>(what: string, work: () => Promise<T>) => Promise<T>

/** Requests to AWS as one identity, with their failures in our words. */
export class AwsSession {
  readonly #settings: AwsSettings
  readonly #credentials: Credentials

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#settings = settings
    this.#credentials = credentials
  }

  /**
   * Sends a request until it is answered or refused for good.
   *
   * @param limit how long it may take, by the time that is left, both in milliseconds.
   * @throws EnvsealError as {@link remoteError} has it.
   */
  repeat<Client extends { destroy(): void }, Result>(
    request: Request<Client, Result>,
    limit: (remainingMs: number) => number = (remainingMs) => remainingMs,
  ): Promise<Result> {
    const settings = { ...this.#settings, remainingMs: () => limit(this.#settings.remainingMs()) }
    return this.#send(request, (what, work) => attempt(what, work, settings))
  }

  /**
   * Sends a request once, for who asks again on their own.
   *
   * @throws EnvsealError as {@link remoteError} has it.
   */
  once<Client extends { destroy(): void }, Result>(request: Request<Client, Result>): Promise<Result> {
    return this.#send(request, (what, work) => {
      this.#settings.activity.begin(what)
      return work()
    })
  }

  async #send<Client extends { destroy(): void }, Result>(
    request: Request<Client, Result>,
    perform: Perform,
  ): Promise<Result> {
    const identity = await this.#credentials.load()
    try {
      return await this.#sendAs(identity, request, perform)
    } catch (error) {
      const renewed = (await saysExpired(error)) ? await this.#credentials.load(identity) : identity
      if (renewed.accessKeyId === identity.accessKeyId) throw await this.#failure(error, request, identity)
      return await this.#sendAs(renewed, request, perform).catch(async (again: unknown) => {
        throw await this.#failure(again, request, renewed)
      })
    }
  }

  async #sendAs<Client extends { destroy(): void }, Result>(
    identity: AwsIdentity,
    { call, region, client: makeClient, send, direct }: Request<Client, Result>,
    perform: Perform,
  ): Promise<Result> {
    const where = region ?? configuredRegion(this.#settings)
    const what = `${call.service}${where === null ? "" : ` in ${where}`} (${call.action})`
    const sendDirectly =
      this.#credentials.mechanism.profile === null
        ? direct?.({ settings: this.#settings, identity, region: where })
        : null
    if (sendDirectly != null) return perform(what, () => wholeAnswer(sendDirectly()))
    const client = await makeClient(await this.#clientSettings(identity, where))
    try {
      return await perform(what, () => wholeAnswer(send(client)))
    } finally {
      client.destroy()
    }
  }

  async #clientSettings(credentials: AwsIdentity, region: string | null): Promise<ClientSettings> {
    const { profile } = this.#credentials.mechanism
    const { RequestHandler } = await import("./http.ts")
    return {
      credentials,
      // Its own: destroying the client cuts off whatever else goes through it.
      requestHandler: new RequestHandler(this.#settings.clock ?? null),
      maxAttempts: 1,
      ...(region === null ? {} : { region }),
      ...(profile === null ? {} : { profile }),
    }
  }

  async #failure(
    error: unknown,
    { call, region, values = [] }: FailedRequest,
    identity: AwsIdentity,
  ): Promise<EnvsealError> {
    const [{ answerOf }, { remoteError }] = await Promise.all([import("./answer.ts"), import("./error.ts")])
    const { mechanism, redactor } = this.#credentials
    const where = region ?? configuredRegion(this.#settings)
    const account = missing.includes(answerOf(error).name)
      ? await this.#accountOf(call, identity, where)
      : null
    return remoteError(error, call, mechanism, redactor.hiding(values), { region: where, account })
  }

  /** In which account something was not found; `null` when that cannot be learned at once. */
  async #accountOf({ resource }: Call, identity: AwsIdentity, region: string | null): Promise<string | null> {
    const [, named] = /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/.exec(resource) ?? []
    if (named !== undefined) return named
    const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts")
    const client = new STSClient(await this.#clientSettings(identity, region))
    const abortSignal = AbortSignal.timeout(Math.max(1, Math.min(askLimitMs, this.#settings.remainingMs())))
    try {
      return (await client.send(new GetCallerIdentityCommand(), { abortSignal })).Account ?? null
    } catch {
      return null
    } finally {
      client.destroy()
    }
  }
}

/** Whether a failure is of credentials that were good once. */
async function saysExpired(error: unknown): Promise<boolean> {
  const [{ answerOf }, credentials] = await Promise.all([
    import("./answer.ts"),
    import("./error-credentials.ts"),
  ])
  return credentials.saysExpired(answerOf(error))
}

/** The failure of a call whose answer lacks what it is asked for. */
export function incomplete({ service, action }: Call): EnvsealError {
  return new EnvsealError("REMOTE_FAILED", `${service} answered ${action} without a result`, {
    hint: "look at what stands between here and AWS: AWS_ENDPOINT_URL, a proxy",
  })
}

/** The Region in an ARN of this service; `null` when the text is none. */
export function regionInArn(service: string, text: string): string | null {
  const [, of, region] = /^arn:[^:]+:([^:]+):([^:]+):/.exec(text) ?? []
  return of === service ? (region ?? null) : null
}
