/** What a process waits for, so that whoever ends it can say what it waited for in vain. */
export interface Activity {
  /** @param what a phrase such as `KMS in eu-west-1 (kms:Decrypt)`. */
  begin(what: string): void
  /** The attempt that runs failed and will be made again. */
  failed(why: string): void
}
