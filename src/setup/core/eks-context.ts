/** A cluster of EKS, as its ARN names it. */
export interface EksCluster {
  readonly region: string
  readonly account: string
  readonly name: string
}

const clusterArn = /^arn:aws[a-z-]*:eks:([a-z0-9-]+):(\d{12}):cluster\/([0-9A-Za-z][A-Za-z0-9_-]{0,99})$/

/**
 * The cluster of a kubeconfig's context whose name is the cluster's ARN, as `aws eks update-kubeconfig` calls it.
 *
 * @returns `null` for any other name.
 */
export function eksClusterOf(context: string): EksCluster | null {
  const [, region, account, name] = clusterArn.exec(context) ?? []
  return region === undefined || account === undefined || name === undefined
    ? null
    : { region, account, name }
}
