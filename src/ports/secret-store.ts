/** Which version of which secret. */
export interface SecretReference {
  /** Name or ARN. */
  readonly id: string
  /** A staging label such as `AWSPREVIOUS`, or the id of a version; `null` for the current one. */
  readonly version: { readonly stage: string } | { readonly versionId: string } | null
}

/** One version of one secret, by the store's own names. */
export interface SecretVersion {
  readonly arn: string
  readonly versionId: string
}

/** The text of a secret, and what exactly was read. */
export interface StoredSecret extends SecretVersion {
  readonly bytes: Uint8Array
}

/** A service that keeps secrets in versions. */
export interface SecretStore {
  /**
   * @throws EnvsealError `SOURCE_MISSING`, `SECRET_MALFORMED` for a binary one, `ACCESS_DENIED`,
   * `KEY_UNUSABLE`, `NO_CREDENTIALS`, `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  read(reference: SecretReference): Promise<StoredSecret>
  /**
   * Which version is current, or has another staging label. No value is read, and none can be with the right that
   * this needs.
   *
   * @param id name or ARN.
   * @param stage a staging label; `AWSCURRENT` when left out.
   * @throws EnvsealError `SOURCE_MISSING`, `ACCESS_DENIED`, `NO_CREDENTIALS`, `CREDENTIALS_REFUSED` or
   * `REMOTE_FAILED`.
   */
  currentVersion(id: string, stage?: string): Promise<SecretVersion>
}
