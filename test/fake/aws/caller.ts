import { knownArn } from "./arn.ts"
import { issueCredentials, readSessionToken, type Session, sessionArn } from "./credentials.ts"
import type { Call, Service } from "./exchange.ts"
import { Fault } from "./fault.ts"
import type { PolicyDocument, Principal } from "./policy.ts"
import { type Doubt, readAuthorization, SignatureError, verifySignature } from "./signature.ts"
import { type Role, roleArn, type World } from "./world.ts"

/** The signer of a request. */
export interface Caller {
  readonly principal: Principal
  readonly policies: readonly PolicyDocument[]
  readonly session: Session
  readonly region: string
  /** What `aws:PrincipalTag/…` has. */
  readonly tags: Readonly<Record<string, string>>
}

/** An operation of a JSON service: a request that is genuine, to the members of its answer. */
export type Operation = (call: Call, caller: Caller) => object

const invalidToken = "The security token included in the request is invalid."
const expiredToken = "The security token included in the request is expired"

const jsonCodes: Readonly<Record<Doubt, readonly [string, number]>> = {
  missing: ["MissingAuthenticationTokenException", 400],
  incomplete: ["IncompleteSignatureException", 400],
  mismatch: ["InvalidSignatureException", 400],
  "unknown-key": ["UnrecognizedClientException", 400],
  "expired-token": ["ExpiredTokenException", 400],
}

const queryCodes: Readonly<Record<Doubt, readonly [string, number]>> = {
  missing: ["MissingAuthenticationToken", 403],
  incomplete: ["IncompleteSignature", 400],
  mismatch: ["SignatureDoesNotMatch", 403],
  "unknown-key": ["InvalidClientTokenId", 403],
  "expired-token": ["ExpiredToken", 403],
}

const restCodes: Readonly<Record<Doubt, readonly [string, number]>> = {
  missing: ["MissingAuthenticationTokenException", 403],
  incomplete: ["IncompleteSignatureException", 403],
  mismatch: ["InvalidSignatureException", 403],
  "unknown-key": ["UnrecognizedClientException", 403],
  "expired-token": ["ExpiredTokenException", 403],
}

/** @throws Fault, in the codes of the service's protocol, unless the request is genuine and its token valid. */
export function authenticate(call: Call, service: Service): Caller {
  try {
    return genuineCaller(call, service)
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error
    const [code, status] = codesOf(service)[error.doubt]
    throw new Fault(code, error.message, status)
  }
}

function codesOf(service: Service): typeof jsonCodes {
  if (service === "sts" || service === "iam") return queryCodes
  return service === "eks" ? restCodes : jsonCodes
}

function genuineCaller({ request, now, record, state }: Call, service: Service): Caller {
  const authorization = readAuthorization(request.headers)
  record.region = authorization.region
  const session = readSessionToken(request.headers["x-amz-security-token"] ?? "")
  const credentials = session === null ? null : issueCredentials(session)
  const role = session === null ? undefined : findRole(state.world, session.role)
  if (session === null || role === undefined || credentials?.accessKeyId !== authorization.accessKeyId) {
    throw new SignatureError("unknown-key", invalidToken)
  }
  verifySignature(request, authorization, credentials.secretAccessKey, { service, now })
  if (session.expiresAt <= now) throw new SignatureError("expired-token", expiredToken)
  record.principal = session.role
  const principal = {
    account: knownArn(session.role).account,
    role: session.role,
    session: sessionArn(session),
  }
  const tags =
    session.via === "pod-identity"
      ? podTags(state.world, session.serviceAccount ?? serviceAccountOf(role))
      : {}
  const policies = [...role.policies, ...Object.values(role.inlinePolicies ?? {})]
  return { principal, policies, session, region: authorization.region, tags }
}

// EKS puts these on each session that Pod Identity hands out.
function podTags(world: World, account: string): Caller["tags"] {
  const [namespace = "", serviceAccount = ""] = account.split("/")
  return {
    "eks-cluster-name": world.cluster.name,
    "kubernetes-namespace": namespace,
    "kubernetes-service-account": serviceAccount,
  }
}

/** `namespace/name` */
export function serviceAccountOf(role: Role): string {
  return role.serviceAccount ?? `default/${role.name}`
}

/** @returns `undefined` when the world has no such role. */
export function findRole(world: World, arn: string): Role | undefined {
  return world.roles.find((role) => arnOf(world, role) === arn)
}

/** ARN of a role of this world. */
export function arnOf(world: World, role: Role): string {
  return roleArn(role.name, role.account ?? world.account)
}
