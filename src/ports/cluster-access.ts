/** How to reach a cluster's API server, and as whom. */
export interface ClusterAccess {
  /** What the user calls it, for messages: a kubeconfig context, or the name of an EKS cluster. */
  readonly name: string
  /** URL of the API server, such as `https://127.0.0.1:6443`. A path in it is kept. */
  readonly server: string
  /** PEM; `null` for the certificates of the machine. */
  readonly ca: string | null
  /** What the server's certificate is made out to, where that is not its host. */
  readonly tlsServerName: string | null
  /** Only when the kubeconfig says so. */
  readonly insecure: boolean
  /** URL of a proxy by the kubeconfig; `null` for none, or that of the environment. */
  readonly proxy: string | null
  /**
   * What to authenticate with. Called before each request: keeps what is still good, gets anew what is not.
   *
   * @param refused what the server did not accept any more, so that it is not given again.
   * @throws EnvsealError `NO_CREDENTIALS`, `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  credential(refused?: ClusterCredential): Promise<ClusterCredential>
}

/** All members are secret: they go to the API server and nowhere else. */
export interface ClusterCredential {
  readonly token?: string
  /** PEM. */
  readonly certificate?: string
  /** PEM. */
  readonly key?: string
}
