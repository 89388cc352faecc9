/** Credentials as the SDK takes them. All but the first are secret: they go to its clients and nowhere else. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}
