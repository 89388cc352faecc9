import type { BuildBook } from "./build-book.ts"
import type { BuildClock } from "./build-clock.ts"
import type { BuildTokens } from "./build-token.ts"
import type { SignedRequest } from "./canonical-request.ts"
import type { LayerUploads } from "./layer-uploads.ts"
import type { World } from "./world.ts"

export type Service =
  | "kms"
  | "secretsmanager"
  | "ecr"
  | "s3"
  | "codebuild"
  | "logs"
  | "eks"
  | "sts"
  | "iam"
  | "agent"
  | "imds"

/** One line of the log: what was asked, by whom, and what came of it. */
export interface LoggedRequest {
  /** `unknown` for a path or a target that no service here has. */
  service: Service | "unknown"
  operation: string
  /** From the scope of the signature, so `null` for a request without one. */
  region: string | null
  /** ARN of the role, once the request is known to be genuine. */
  principal: string | null
  keyId?: string
  encryptionContext?: Readonly<Record<string, string>>
  secretId?: string
  /** What StartBuild was asked with, or `null` for a request without it. */
  idempotencyToken?: string | null
  /** The builds that were asked for, or the one that was started. */
  buildIds?: readonly string[]
  /** How much of a layer was downloaded. */
  bytes?: number
  /** `ok`, the code of the error, or the way in which there was no answer, such as `hang`. */
  outcome: string
  /** `0` when there was no answer. */
  status: number
}

/** One request on its way through the fake. */
export interface Call {
  readonly request: SignedRequest
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number
  readonly record: LoggedRequest
  readonly state: State
}

/** What changes while the fake runs. */
export interface State {
  world: World
  readonly clock: BuildClock
  readonly builds: BuildBook
  readonly tokens: BuildTokens
  readonly uploads: LayerUploads
}

/** What goes back. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}
