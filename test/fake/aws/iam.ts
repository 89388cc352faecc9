import { arnOf, authenticate, type Caller } from "./caller.ts"
import { denial, principalContext } from "./denial.ts"
import type { Answer, Call, State } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { decideForResource, type PolicyDocument } from "./policy.ts"
import { readPolicy } from "./policy-check.ts"
import { invalidAction, parameters, refuseRest, take } from "./query.ts"
import { type Role, roleArn } from "./world.ts"
import { type Elements, xmlAnswer } from "./xml.ts"

/** What a Query request has as its Version when it is for IAM. */
export const iamVersion = "2010-05-08"

const maxCharacters = 10_240

type Given = Map<string, string>
type IamOperation = (call: Call, caller: Caller, given: Given) => Elements | null

const operations: Readonly<Record<string, IamOperation>> = {
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: getRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  ListRolePolicies: listRolePolicies,
}

/**
 * Answers IAM in the Query protocol, as far as the inline policies of roles. The policies that a role of the world
 * has without a name are not among them, and what is changed decides at once.
 *
 * @throws Fault
 */
export function answerIam(call: Call, action: string): Answer {
  const { method, path, query, body } = call.request
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined
  if (method !== "POST" || path !== "/" || query !== "" || operation === undefined) {
    throw invalidAction(action, iamVersion)
  }
  const caller = authenticate(call, "iam")
  return xmlAnswer(action, operation(call, caller, parameters(body)), "iam")
}

function putRolePolicy(call: Call, caller: Caller, given: Given): null {
  const role = authorizedRole(call, caller, "PutRolePolicy", given)
  const name = takePolicyName(given)
  const text = take(given, "PolicyDocument", /^[\t\n\r\x20-\xff]{1,131072}$/)
  refuseRest(given)
  const policies = { ...role.inlinePolicies, [name]: readDocument(text) }
  if (JSON.stringify(Object.values(policies)).length > maxCharacters) {
    throw new Fault(
      "LimitExceeded",
      `Maximum policy size of ${maxCharacters} bytes exceeded for role ${role.name}`,
      409,
    )
  }
  changeRole(call.state, role, policies)
  return null
}

function getRolePolicy(call: Call, caller: Caller, given: Given): Elements {
  const role = authorizedRole(call, caller, "GetRolePolicy", given)
  const name = takePolicyName(given)
  refuseRest(given)
  const document = JSON.stringify(policyOf(role, name))
  return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(document) }
}

function deleteRolePolicy(call: Call, caller: Caller, given: Given): null {
  const role = authorizedRole(call, caller, "DeleteRolePolicy", given)
  const name = takePolicyName(given)
  refuseRest(given)
  policyOf(role, name)
  const { [name]: _, ...others } = role.inlinePolicies ?? {}
  changeRole(call.state, role, others)
  return null
}

function listRolePolicies(call: Call, caller: Caller, given: Given): Elements {
  const role = authorizedRole(call, caller, "ListRolePolicies", given)
  refuseRest(given)
  return { PolicyNames: Object.keys(role.inlinePolicies ?? {}).sort(), IsTruncated: "false" }
}

function takePolicyName(given: Given): string {
  return take(given, "PolicyName", /^[\w+=,.@-]{1,128}$/)
}

/** The role of a RoleName in the caller's account. @throws Fault when there is none, or the caller may not do so. */
function authorizedRole({ state }: Call, caller: Caller, operation: string, given: Given): Role {
  const name = take(given, "RoleName", /^[\w+=,.@-]{1,64}$/)
  const { principal, policies } = caller
  const { account } = principal
  const resource = roleArn(name, account)
  const context = principalContext(caller)
  const access = { principal, action: `iam:${operation}`, resource, account, context }
  const decision = decideForResource(policies, undefined, access)
  if (decision !== "allowed") {
    const { message } = denial(decision, access, `on resource: role ${name}`)
    throw new Fault("AccessDenied", message, 403)
  }
  const role = state.world.roles.find((one) => arnOf(state.world, one) === resource)
  if (role !== undefined) return role
  throw new Fault("NoSuchEntity", `The role with name ${name} cannot be found.`, 404)
}

function policyOf({ name, inlinePolicies = {} }: Role, policyName: string): PolicyDocument {
  const policy = Object.hasOwn(inlinePolicies, policyName) ? inlinePolicies[policyName] : undefined
  if (policy !== undefined) return policy
  const message = `The role policy with name ${policyName} cannot be found for role ${name}.`
  throw new Fault("NoSuchEntity", message, 404)
}

function readDocument(text: string): PolicyDocument {
  try {
    return readPolicy(text, "identity")
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw new Fault("MalformedPolicyDocument", error.message)
  }
}

function changeRole(state: State, role: Role, inlinePolicies: Role["inlinePolicies"] & object): void {
  const roles = state.world.roles.map((one) => (one === role ? { ...one, inlinePolicies } : one))
  state.world = { ...state.world, roles }
}
