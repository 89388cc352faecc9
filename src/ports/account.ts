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

/** The role of a service account's pods, where the cluster's own service gives it to them. */
export interface PodIdentity {
  /** Such as `a-1234567890abcdef0`. */
  readonly id: string
  /** ARN. */
  readonly role: string
}

export interface PodIdentities {
  /**
   * @param cluster name of an EKS cluster.
   * @returns `null` when the service account has no association.
   * @throws EnvsealError `WRONG_CLUSTER` when there is no such cluster, and as a `Builder` does.
   */
  find(cluster: string, namespace: string, serviceAccount: string): Promise<PodIdentity | null>
}
