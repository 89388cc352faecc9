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
  /**
   * The state of the add-on that gives pods their roles, such as `ACTIVE`.
   *
   * @returns `null` when it is not in the cluster.
   * @throws EnvsealError as {@link find} does.
   */
  agent(cluster: string): Promise<string | null>
  /** @throws EnvsealError as {@link find} does. */
  setup(cluster: string): Promise<ClusterSetup>
}

/** How an EKS cluster is set up for people and pods. */
export interface ClusterSetup {
  /** `API`, `API_AND_CONFIG_MAP` or `CONFIG_MAP`; `null` when EKS does not say it. */
  readonly authenticationMode: string | null
  /** Whether EKS runs the nodes, and with them what add-ons do elsewhere (Auto Mode). */
  readonly isAuto: boolean
}
