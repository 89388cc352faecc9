/** Who calls, as the cloud answers it. */
export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string
  readonly arn: string
}

export interface AccountService {
  /** @throws EnvsealError as a `Builder` does. */
  whoAmI(): Promise<CallerIdentity>
}
