import type { AccountService } from "../../ports/account.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { SecretInspector, SecretStore, SecretWriter } from "../../ports/secrets.ts"

/** What the commands of `envseal secret` may touch of the outside world. */
export interface EditorPorts {
  /** What `seal` reads and checks with. */
  readonly sealing: Ports & { readonly secretStore: SecretStore }
  readonly inspector: Pick<SecretInspector, "describe">
  readonly writer: SecretWriter
  readonly account: AccountService
  /** Bytes that cryptography may rely on. */
  readonly random: (bytes: number) => Uint8Array
}
