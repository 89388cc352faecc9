/** Which version of which secret. */
export interface SecretReference {
  /** Name or ARN. */
  readonly id: string
  /** A staging label such as `AWSPREVIOUS`, or the id of a version; `null` for the current one. */
  readonly version: { readonly stage: string } | { readonly versionId: string } | null
}

/** The text of a secret, and what exactly was read. */
export interface StoredSecret {
  readonly bytes: Uint8Array
  readonly arn: string
  readonly versionId: string
}

/** A service that keeps secrets in versions. */
export interface SecretStore {
  /**
   * @throws EnvsealError `SOURCE_MISSING`, `SECRET_MALFORMED` for a binary one, `ACCESS_DENIED`,
   * `KEY_UNUSABLE`, `NO_CREDENTIALS`, `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  read(reference: SecretReference): Promise<StoredSecret>
}
