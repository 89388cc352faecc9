/** A file key as a key service encrypted it. */
export interface WrappedKey {
  /** ARN of the key it is encrypted under. */
  readonly keyArn: string
  readonly ciphertext: Uint8Array
}

/**
 * A service that holds keys and never gives them out. The context is bound to what it encrypts, and can be
 * pinned by its policies.
 *
 * Both methods throw an `EnvsealError`: `ACCESS_DENIED`, `KEY_UNUSABLE`, `NO_CREDENTIALS`,
 * `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
 */
export interface KeyService {
  /**
   * @param keyId ARN or id of a key, or ARN or name of an alias.
   * @returns the key's own ARN as the service answered it, never an alias.
   */
  wrap(keyId: string, fileKey: Uint8Array, context: Readonly<Record<string, string>>): Promise<WrappedKey>
  /**
   * @throws `TAMPERED` when the ciphertext is not of this key and this context, `KEY_MISMATCH` when the service
   * answered for another key.
   * @param left how many keys are still to be tried, this one included: it may take its part of the time alone.
   */
  unwrap(wrapped: WrappedKey, context: Readonly<Record<string, string>>, left?: number): Promise<Uint8Array>
}

/** A key as its service describes it. Nothing in it is secret. */
export interface KeyDescription {
  /** Its own ARN, never that of an alias. */
  readonly arn: string
  /** Twelve digits. */
  readonly account: string
  /** As KMS spells it: `Enabled`, `Disabled`, `PendingDeletion` … */
  readonly state: string
  /** `ENCRYPT_DECRYPT`, `SIGN_VERIFY` … */
  readonly usage: string
  /** `SYMMETRIC_DEFAULT` for those that can wrap a file key. */
  readonly spec: string
}

/** Whether the caller may use a key. */
export type KeyPermission =
  | { readonly allowed: true }
  /** `why` is the service's reason, such as `no identity-based policy allows the kms:Encrypt action`. */
  | { readonly allowed: false; readonly why: string }

export type KeyUse = "encrypt" | "decrypt"

/**
 * Looks at keys, and uses none. Both methods throw an `EnvsealError` as a `KeyService` does; `ACCESS_DENIED` when the
 * caller may not ask.
 */
export interface KeyInspector {
  /** @param keyId as `KeyService.wrap` takes it. @returns `null` when there is no such key. */
  describe(keyId: string): Promise<KeyDescription | null>
  /**
   * Asks whether it would be allowed, with nothing encrypted or decrypted.
   *
   * @throws EnvsealError `KEY_UNUSABLE` when nobody can use it.
   */
  may(use: KeyUse, keyId: string, context: Readonly<Record<string, string>>): Promise<KeyPermission>
}
