import { authorize } from "./authorize.ts"
import { authenticate } from "./caller.ts"
import { clusterArn, type EksCluster } from "./eks-cluster.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { unknownOperation } from "./json-service.ts"
import { restAnswer } from "./rest.ts"

/** Where DescribeCluster is, before the name. */
export const clustersPath = "/clusters/"

/**
 * DescribeCluster of EKS.
 *
 * @throws Fault
 */
export function describeCluster(call: Call): Answer {
  const { path, query, body } = call.request
  const name = decodeName(path.slice(clustersPath.length))
  if (name === null || query !== "" || body.length > 0) throw unknownOperation()
  const caller = authenticate(call, "eks")
  const { world } = call.state
  const { account } = caller.principal
  const arn = clusterArn(name, caller.region, account)
  authorize(caller, { action: "eks:DescribeCluster", resource: arn, deniedStatus: 403 })
  const isHere = account === world.account && caller.region === world.region
  const cluster = world.eksClusters.find((one) => isHere && one.name === name)
  if (cluster === undefined) {
    throw new Fault("ResourceNotFoundException", `No cluster found for name: ${name}.`, 404)
  }
  return restAnswer(200, { cluster: clusterView(cluster, arn) })
}

function clusterView(cluster: EksCluster, arn: string): object {
  const { name, endpoint, ca, status = "ACTIVE", version = "1.34" } = cluster
  const { authenticationMode = "API_AND_CONFIG_MAP", autoMode = false } = cluster
  return {
    name,
    arn,
    createdAt: 1767225600.123,
    version,
    status,
    ...(status !== "CREATING" && { endpoint, certificateAuthority: { data: ca } }),
    roleArn: `arn:aws:iam::${arn.split(":")[4]}:role/eks-${name}`,
    platformVersion: "eks.1",
    accessConfig: { authenticationMode },
    computeConfig: { enabled: autoMode },
    tags: {},
  }
}

function decodeName(text: string): string | null {
  try {
    const name = decodeURIComponent(text)
    return /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name) ? name : null
  } catch {
    return null
  }
}
