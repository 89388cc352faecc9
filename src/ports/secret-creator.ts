/** A secret that is to be made. */
export interface NewSecret {
  readonly name: string
  readonly description: string
  /** ARN of the KMS key that it is to be kept under; `null` for the service's own. */
  readonly kmsKey: string | null
}

/** A service that makes secrets, and never a value. */
export interface SecretCreator {
  /**
   * Makes a secret without any value: whoever reads it fails until somebody has given it one.
   *
   * @returns `exists` when there is one of that name already, which is left as it is.
   * @throws EnvsealError `SOURCE_MISSING` for one that is marked for deletion, `ACCESS_DENIED`, `NO_CREDENTIALS`,
   * `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  create(secret: NewSecret): Promise<"created" | "exists">
}
