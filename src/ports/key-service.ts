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
