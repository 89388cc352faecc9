import type { Clock } from "../ports/clock.ts"
import type { Environment } from "../ports/environment.ts"
import type { Files } from "../ports/files.ts"
import type { KeyService } from "../ports/key-service.ts"
import type { SecretStore } from "../ports/secret-store.ts"
import type { Talk } from "../ports/talk.ts"

/** What every use case may touch of the outside world. */
export interface Ports {
  readonly files: Files
  readonly talk: Talk
  readonly clock: Clock
  readonly environment: Environment
  /** `null` where there can be no remote service: in the library. */
  readonly keyService: KeyService | null
  readonly secretStore: SecretStore | null
}
