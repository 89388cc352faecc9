import type { Clock } from "./clock.ts"
import type { Files } from "./files.ts"
import type { KeyService } from "./keys.ts"
import type { Log } from "./log.ts"
import type { Environment } from "./runtime.ts"
import type { SecretStore } from "./secrets.ts"

/** What every use case may touch of the outside world. */
export interface Ports {
  readonly files: Files
  readonly log: Log
  readonly clock: Clock
  readonly environment: Environment
  /** The bytes of a variable, which the text in {@link environment} may not show; `null` when it is not set. */
  readonly variable: (name: string) => Uint8Array | null
  /** `null` where there can be no remote service: in the library. */
  readonly keyService: KeyService | null
  readonly secretStore: SecretStore | null
}
