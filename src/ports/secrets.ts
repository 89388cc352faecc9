import type { Secret } from "../core/secret.ts"

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

/** A secret as its store describes it, without any value. */
export interface SecretDescription {
  readonly arn: string
  /** Whether it is marked for deletion: nobody can read it any more. */
  readonly deleted: boolean
  /** Staging labels by the id of the version that has them. */
  readonly versions: Readonly<Record<string, readonly string[]>>
}

/** Looks at secrets, and reads no value. Both methods throw an `EnvsealError` as a `SecretStore` does. */
export interface SecretInspector {
  /** @param id name or ARN. @returns `null` when there is none. */
  describe(id: string): Promise<SecretDescription | null>
  /**
   * Whether the caller may read values. Asked for a version that no secret has: who may read gets the answer that there is none.
   *
   * @param id name or ARN.
   */
  mayRead(id: string): Promise<boolean>
}

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
   * Makes a secret without any value: reading it fails until somebody has given it one.
   *
   * @returns `exists` when there is one of that name already, which is left as it is.
   * @throws EnvsealError `SOURCE_MISSING` for one that is marked for deletion, `ACCESS_DENIED`, `NO_CREDENTIALS`,
   * `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  create(secret: NewSecret): Promise<"created" | "exists">
}

/** A version of a secret, without its value. */
export interface VersionRecord {
  readonly versionId: string
  /** Its staging labels; the store may drop a version that has none. */
  readonly labels: readonly string[]
  /** RFC 3339, by the store's clock; `null` when it does not tell. */
  readonly createdAt: string | null
}

/** A version that is to be kept. Its id makes the call safe to repeat. */
export interface NewVersion {
  readonly versionId: string
  /** The only staging label that is asked for. A first version becomes current besides. */
  readonly label: string
  /** One JSON object. */
  readonly text: Secret
}

/** Where a staging label is taken from and put to; `null` for nowhere. */
export interface LabelMove {
  readonly label: string
  readonly from: string | null
  readonly to: string | null
}

/** Writes versions of secrets. All methods throw an `EnvsealError` as a {@link SecretStore} does. */
export interface SecretWriter {
  /** All that the store has, the newest first, those without a label too. */
  versions(id: string): Promise<readonly VersionRecord[]>
  /**
   * Keeps a version, which is not the current one unless it is the first.
   *
   * @returns the labels that it has then.
   */
  put(id: string, version: NewVersion): Promise<readonly string[]>
  /**
   * Moves a label in one step.
   *
   * @returns false, with nothing moved, when the label is not where it is to be taken from.
   */
  move(id: string, move: LabelMove): Promise<boolean>
}
