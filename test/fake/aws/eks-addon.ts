import { authorize } from "./authorize.ts"
import { authenticate, type Caller } from "./caller.ts"
import { clusterArn, type EksCluster } from "./eks-cluster.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { readMembers } from "./members.ts"
import { restAnswer } from "./rest.ts"

const agent = "eks-pod-identity-agent"
const pathForm = /^\/clusters\/([0-9A-Za-z][\w-]{0,99})\/addons(?:\/([0-9A-Za-z][\w-]{0,99}))?$/
const newTypes = { addonName: "text", clientRequestToken: "text" } as const

/** The operation of a request for add-ons, and how it is answered. @returns `null` for another request. */
export function addonRoute(
  method: string,
  path: string,
): { readonly operation: string; readonly answer: (call: Call) => Answer } | null {
  const [, cluster, name] = pathForm.exec(path) ?? []
  if (cluster === undefined) return null
  if (method === "GET" && name !== undefined) {
    const answer = (call: Call) => restAnswer(200, describe(call, cluster, name))
    return { operation: "DescribeAddon", answer }
  }
  if (method !== "POST" || name !== undefined) return null
  return { operation: "CreateAddon", answer: (call) => restAnswer(200, create(call, cluster)) }
}

function describe(call: Call, clusterName: string, addonName: string): object {
  const caller = authenticate(call, "eks")
  const resource = `arn:aws:eks:${caller.region}:${caller.principal.account}:addon/${clusterName}/${addonName}/*`
  authorize(caller, { action: "eks:DescribeAddon", resource, deniedStatus: 403 })
  const { podIdentityAgent = "ACTIVE" } = clusterOf(call, caller, clusterName)
  if (addonName !== agent || podIdentityAgent === null) {
    throw new Fault(
      "ResourceNotFoundException",
      `No addon: ${addonName} found in cluster: ${clusterName}`,
      404,
    )
  }
  return { addon: { addonName, clusterName, status: podIdentityAgent, addonArn: resource, tags: {} } }
}

function create(call: Call, clusterName: string): object {
  const { addonName } = readMembers(call.request.body, newTypes)
  const caller = authenticate(call, "eks")
  const resource = clusterArn(clusterName, caller.region, caller.principal.account)
  authorize(caller, { action: "eks:CreateAddon", resource, deniedStatus: 403 })
  const cluster = clusterOf(call, caller, clusterName)
  if (addonName !== agent)
    throw new Fault("InvalidParameterException", `Addon ${addonName} is not known here`)
  if (cluster.podIdentityAgent !== null)
    throw new Fault("ResourceInUseException", "Addon already exists.", 409)
  const { state } = call
  // A real one is CREATING for some seconds.
  const eksClusters = state.world.eksClusters.map((one) =>
    one === cluster ? { ...one, podIdentityAgent: "ACTIVE" as const } : one,
  )
  state.world = { ...state.world, eksClusters }
  return { addon: { addonName, clusterName, status: "CREATING", tags: {} } }
}

function clusterOf({ state }: Call, { principal, region }: Caller, name: string): EksCluster {
  const { world } = state
  const isHere = principal.account === world.account && region === world.region
  const cluster = world.eksClusters.find((one) => isHere && one.name === name)
  if (cluster !== undefined) return cluster
  throw new Fault("ResourceNotFoundException", `No cluster found for name: ${name}.`, 404)
}
