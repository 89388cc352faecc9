/** Who may enter a cluster (EKS user guide, "access entries"). */
export interface AccessEntry {
  /** ARN of a role. */
  readonly role: string
  readonly groups: readonly string[]
  /** By default the ARN of the session. */
  readonly username?: string
}

/** Which role the pods of a service account get by EKS Pod Identity. */
export interface PodIdentityAssociation {
  /** `a-` and 17 letters or digits. */
  readonly id: string
  readonly namespace: string
  readonly serviceAccount: string
  readonly roleArn: string
}

/** A cluster of EKS, in the world's account and Region. */
export interface EksCluster {
  readonly name: string
  /** URL of its API server: that of the control plane under test. */
  readonly endpoint: string
  /** The certificate of its authority: PEM in base64. */
  readonly ca: string
  /** By default `ACTIVE`. One that is `CREATING` has neither endpoint nor certificate. */
  readonly status?: "CREATING" | "ACTIVE" | "DELETING" | "FAILED" | "UPDATING" | "PENDING"
  /** By default `1.34`. */
  readonly version?: string
  /** For how long a token is good from its signing, in seconds. By default 15 minutes. */
  readonly tokenSeconds?: number
  readonly accessEntries: readonly AccessEntry[]
  /** How people get in. By default `API_AND_CONFIG_MAP`. */
  readonly authenticationMode?: "API" | "API_AND_CONFIG_MAP" | "CONFIG_MAP"
  /** Whether EKS runs the nodes and their agents (Auto Mode). By default it does not. */
  readonly autoMode?: boolean
  /** State of the add-on `eks-pod-identity-agent`, by default `ACTIVE`; `null` for none. */
  readonly podIdentityAgent?: "ACTIVE" | "CREATING" | "DEGRADED" | null
  /**
   * When the cluster has the name of the world's `cluster`, the agent hands out by these. Without them it goes by the
   * service accounts of the roles.
   */
  readonly podIdentityAssociations?: readonly PodIdentityAssociation[]
}

/** `arn:aws:eks:…:cluster/NAME` */
export function clusterArn(name: string, region: string, account: string): string {
  return `arn:aws:eks:${region}:${account}:cluster/${name}`
}
