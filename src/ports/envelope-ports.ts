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
  /** `null` where there can be no remote service: in the library. */
  readonly keyService: KeyService | null
  readonly secretStore: SecretStore | null
}
