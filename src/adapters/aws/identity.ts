/** Credentials as the SDK takes them. Key and token are secret: they go to its clients and nowhere else. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** When they end, where that is known. */
  readonly expiration?: Date
}
