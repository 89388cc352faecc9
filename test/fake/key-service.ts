import { EnvsealError } from "../../src/core/error.ts"
import { canonicalJson } from "../../src/envelope/canonical-json.ts"
import type { KeyService, WrappedKey } from "../../src/ports/keys.ts"

export const account = "111122223333"

/** The ARN of a key of the test's account. */
export function keyArn(id: string, region = "eu-west-1"): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`
}

interface Asked {
  readonly operation: "wrap" | "unwrap"
  readonly key: string
  readonly context: Readonly<Record<string, string>>
}

/**
 * A key service in memory, with the contract of the real ones. Keys exist once they are used to wrap. Every
 * request is kept in {@link log}.
 */
export class FakeKeyService implements KeyService {
  readonly log: Asked[] = []
  /** What a key answers instead, by its ARN. */
  readonly failures = new Map<string, EnvsealError>()
  readonly #aliases: Readonly<Record<string, string>>
  readonly #blobs = new Map<string, { fileKey: Uint8Array; keyId: string; context: string }>()

  constructor(aliases: Readonly<Record<string, string>> = {}) {
    this.#aliases = aliases
  }

  async wrap(
    keyId: string,
    fileKey: Uint8Array,
    context: Readonly<Record<string, string>>,
  ): Promise<WrappedKey> {
    const arn = this.#aliases[keyId] ?? keyId
    this.#ask("wrap", arn, context)
    const ciphertext = crypto.getRandomValues(new Uint8Array(64))
    this.#blobs.set(ciphertext.join(), { fileKey, keyId: idOf(arn), context: canonicalJson(context) })
    return { keyArn: arn, ciphertext }
  }

  async unwrap(
    { keyArn: arn, ciphertext }: WrappedKey,
    context: Readonly<Record<string, string>>,
  ): Promise<Uint8Array> {
    this.#ask("unwrap", arn, context)
    const blob = this.#blobs.get(ciphertext.join())
    if (blob?.keyId === idOf(arn) && blob.context === canonicalJson(context)) return blob.fileKey
    throw new EnvsealError("TAMPERED", "the key service cannot decrypt it")
  }

  #ask(operation: Asked["operation"], key: string, context: Asked["context"]): void {
    this.log.push({ operation, key, context })
    const failure = this.failures.get(key)
    if (failure !== undefined) throw failure
  }
}

function idOf(arn: string): string {
  return arn.slice(arn.indexOf("key/"))
}
