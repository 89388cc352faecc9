import { EnvsealError } from "../core/error.ts"
import type { KeyService, WrappedKey } from "../ports/keys.ts"
import { isSameKey, type KeyArn, parseKeyArn } from "./kms-key.ts"

/** What is known of the keys to seal for before KMS answers. */
export interface KeyPins {
  /** ARNs of the only keys that an alias may lead to; empty when none are pinned. */
  readonly kmsKeys: readonly string[]
  /** Where an alias without an ARN is: twelve digits, and the Region. `null` when that is not known. */
  readonly account: string | null
  readonly region: string | null
}

/** For those who know nothing of them. */
export const noPins: KeyPins = { kmsKeys: [], account: null, region: null }

/** What tells the ARN of the key behind an alias that no pin holds. */
export function unpinnedNote(alias: string, keyArn: string): string {
  return `${alias} is ${keyArn} today; kmsKeys in envseal.yaml, or --kms-key, would hold it to that`
}

/**
 * A key service whose answers for an alias are held against pins. Only KMS knows which key an alias leads to, and who
 * may repoint it (`kms:UpdateAlias`) need not be who may choose the key.
 */
export class PinnedKeys implements KeyService {
  /** The ARN that each alias led to without being pinned. */
  readonly unpinned = new Map<string, string>()
  readonly #keys: KeyService
  readonly #pins: KeyPins

  constructor(keys: KeyService, pins: KeyPins) {
    this.#keys = keys
    this.#pins = pins
  }

  /** @throws EnvsealError `KEY_MISMATCH` for an answer that the pins do not allow. */
  async wrap(...request: Parameters<KeyService["wrap"]>): Promise<WrappedKey> {
    const [keyId] = request
    const wrapped = await this.#keys.wrap(...request)
    const key = parseKeyArn(wrapped.keyArn)
    if (key === null || !/(?:^|:)alias\//.test(keyId)) return wrapped
    if (this.#pins.kmsKeys.length > 0) this.#checkKey(keyId, wrapped.keyArn)
    else {
      if (keyId.startsWith("alias/")) this.#checkPlace(keyId, key, wrapped.keyArn)
      this.unpinned.set(keyId, wrapped.keyArn)
    }
    return wrapped
  }

  unwrap(...request: Parameters<KeyService["unwrap"]>): Promise<Uint8Array> {
    return this.#keys.unwrap(...request)
  }

  #checkKey(alias: string, keyArn: string): void {
    if (this.#pins.kmsKeys.some((pin) => isSameKey(pin, keyArn))) return
    throw new EnvsealError("KEY_MISMATCH", `${alias} leads to ${keyArn}, which is none of the pinned keys`, {
      hint: "see in CloudTrail who repointed it (UpdateAlias); when that was meant, pin the new key beside the old one: kmsKeys in envseal.yaml, or --kms-key",
    })
  }

  #checkPlace(alias: string, key: KeyArn, keyArn: string): void {
    const { account, region } = this.#pins
    const isHere = (account ?? key.account) === key.account && (region ?? key.region) === key.region
    if (isHere) return
    const place = [account, region].filter((part) => part !== null).join(" in ")
    throw new EnvsealError(
      "KEY_MISMATCH",
      `${alias} of ${place} leads to ${keyArn}, and an alias can lead only to keys of its own account and Region`,
      {
        hint: "look at what stands between here and KMS: AWS_ENDPOINT_URL, a proxy; then pin the key: --kms-key",
      },
    )
  }
}
