import { randomUUID } from "node:crypto"
import { authorize } from "./authorize.ts"
import { authenticate, type Caller, findRole } from "./caller.ts"
import { clusterArn, type EksCluster, type PodIdentityAssociation } from "./eks-cluster.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { type MemberTypes, readMembers } from "./members.ts"
import { passRole } from "./pass-role.ts"
import { restAnswer } from "./rest.ts"

/** Which association, or all of those of a cluster. */
export interface AssociationPath {
  readonly cluster: string
  readonly id: string | null
}

type Operation = (call: Call, caller: Caller, path: AssociationPath) => object

const pathForm = /^\/clusters\/([0-9A-Za-z][\w-]{0,99})\/pod-identity-associations(?:\/(a-[0-9a-z]{17}))?$/
const service = "pods.eks.amazonaws.com"
const changes = {
  ...{ clientRequestToken: "text", roleArn: "text" },
  ...{ disableSessionTags: "unsupported", targetRoleArn: "unsupported", policy: "unsupported" },
} as const satisfies MemberTypes
const newTypes = {
  ...changes,
  ...{ namespace: "text", serviceAccount: "text", tags: "unsupported" },
} as const satisfies MemberTypes

/** The operation of a request for associations, and how it is answered. @returns `null` for another request. */
export function associationRoute(
  method: string,
  path: string,
): { readonly operation: string; readonly answer: (call: Call) => Answer } | null {
  const [, cluster, id = null] = pathForm.exec(path) ?? []
  if (cluster === undefined) return null
  const found = operationOf(method, id)
  if (found === null) return null
  const [operation, work] = found
  const answer = (call: Call) => restAnswer(200, work(call, authenticate(call, "eks"), { cluster, id }))
  return { operation, answer }
}

function operationOf(method: string, id: string | null): readonly [string, Operation] | null {
  if (method === "GET" && id === null) return ["ListPodIdentityAssociations", list]
  if (method === "GET") return ["DescribePodIdentityAssociation", describe]
  if (method !== "POST") return null
  return id === null ? ["CreatePodIdentityAssociation", create] : ["UpdatePodIdentityAssociation", update]
}

function list(call: Call, caller: Caller, { cluster: name }: AssociationPath): object {
  const cluster = authorizedCluster(call, caller, "ListPodIdentityAssociations", name)
  const asked = new URLSearchParams(call.request.query)
  for (const member of asked.keys()) {
    if (!["namespace", "serviceAccount"].includes(member)) throw invalid(`this fake does not know ${member}`)
  }
  const associations = associationsOf(cluster).filter(
    ({ namespace, serviceAccount }) =>
      (asked.get("namespace") ?? namespace) === namespace &&
      (asked.get("serviceAccount") ?? serviceAccount) === serviceAccount,
  )
  return { associations: associations.map((one) => summary(one, name, caller)) }
}

function describe(call: Call, caller: Caller, path: AssociationPath): object {
  const { association } = authorizedAssociation(call, caller, "DescribePodIdentityAssociation", path)
  return { association: view(association, path.cluster, caller) }
}

function create(call: Call, caller: Caller, { cluster: name }: AssociationPath): object {
  const members = readMembers(call.request.body, newTypes)
  const cluster = authorizedCluster(call, caller, "CreatePodIdentityAssociation", name)
  const { namespace, serviceAccount } = members
  if (!namespace || !serviceAccount) throw invalid("namespace and serviceAccount must not be empty")
  const roleArn = readRole(call, caller, members.roleArn)
  const others = associationsOf(cluster)
  if (others.some((one) => one.namespace === namespace && one.serviceAccount === serviceAccount)) {
    throw new Fault(
      "ResourceInUseException",
      `Association already exists: ${namespace}/${serviceAccount}`,
      409,
    )
  }
  const id = `a-${randomUUID().replaceAll("-", "").slice(0, 17)}`
  const association = { id, namespace, serviceAccount, roleArn }
  changeAssociations(call, cluster, [...others, association])
  return { association: view(association, name, caller) }
}

function update(call: Call, caller: Caller, path: AssociationPath): object {
  const members = readMembers(call.request.body, changes)
  const found = authorizedAssociation(call, caller, "UpdatePodIdentityAssociation", path)
  const changed = { ...found.association, roleArn: readRole(call, caller, members.roleArn) }
  const all = associationsOf(found.cluster).map((one) => (one.id === changed.id ? changed : one))
  changeAssociations(call, found.cluster, all)
  return { association: view(changed, path.cluster, caller) }
}

function readRole({ state }: Call, caller: Caller, arn: string | undefined): string {
  if (arn === undefined || !/^arn:aws:iam::\d{12}:role\/.+$/.test(arn)) throw invalid("Invalid role ARN")
  passRole(caller, arn, service, 403)
  if (findRole(state.world, arn) === undefined) throw invalid(`Role provided in the request does not exist.`)
  return arn
}

function authorizedCluster(call: Call, caller: Caller, operation: string, name: string): EksCluster {
  const resource = clusterArn(name, caller.region, caller.principal.account)
  authorize(caller, { action: `eks:${operation}`, resource, deniedStatus: 403 })
  return clusterOf(call, caller, name)
}

function authorizedAssociation(
  call: Call,
  caller: Caller,
  operation: string,
  { cluster: name, id }: AssociationPath,
): { readonly cluster: EksCluster; readonly association: PodIdentityAssociation } {
  const resource = arnOf(id ?? "", name, caller)
  authorize(caller, { action: `eks:${operation}`, resource, deniedStatus: 403 })
  if (operation.startsWith("Describe") && call.request.query !== "")
    throw invalid("there is no such parameter")
  const cluster = clusterOf(call, caller, name)
  const association = associationsOf(cluster).find((one) => one.id === id)
  if (association !== undefined) return { cluster, association }
  throw new Fault("ResourceNotFoundException", `No association found for id: ${id}.`, 404)
}

function clusterOf({ state }: Call, { principal, region }: Caller, name: string): EksCluster {
  const { world } = state
  const isHere = principal.account === world.account && region === world.region
  const cluster = world.eksClusters.find((one) => isHere && one.name === name)
  if (cluster !== undefined) return cluster
  throw new Fault("ResourceNotFoundException", `No cluster found for name: ${name}.`, 404)
}

function associationsOf({ podIdentityAssociations = [] }: EksCluster): readonly PodIdentityAssociation[] {
  return podIdentityAssociations
}

function changeAssociations(
  { state }: Call,
  cluster: EksCluster,
  podIdentityAssociations: readonly PodIdentityAssociation[],
): void {
  const changed = { ...cluster, podIdentityAssociations }
  const eksClusters = state.world.eksClusters.map((one) => (one === cluster ? changed : one))
  state.world = { ...state.world, eksClusters }
}

function arnOf(id: string, cluster: string, { principal, region }: Caller): string {
  return `arn:aws:eks:${region}:${principal.account}:podidentityassociation/${cluster}/${id}`
}

function summary(association: PodIdentityAssociation, clusterName: string, caller: Caller): object {
  const { id, namespace, serviceAccount } = association
  const associationArn = arnOf(id, clusterName, caller)
  return { clusterName, namespace, serviceAccount, associationArn, associationId: id }
}

function view(association: PodIdentityAssociation, cluster: string, caller: Caller): object {
  return {
    ...summary(association, cluster, caller),
    roleArn: association.roleArn,
    tags: {},
    createdAt: 1767225600.123,
    modifiedAt: 1767225600.123,
    disableSessionTags: false,
  }
}

function invalid(message: string): Fault {
  return new Fault("InvalidParameterException", message)
}
