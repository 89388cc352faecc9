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
   * Whether the caller may read values. Asked for a version that no secret has: who may is told that there is none.
   *
   * @param id name or ARN.
   */
  mayRead(id: string): Promise<boolean>
}
