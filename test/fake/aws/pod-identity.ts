import { randomUUID } from "node:crypto"
import { findRole, serviceAccountOf } from "./caller.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { handOut } from "./handout.ts"
import { jsonAnswer } from "./plain.ts"
import { type Claims, readWebToken, serviceAccountIn } from "./web-token.ts"
import type { Role, World } from "./world.ts"

/** Where the agent of EKS Pod Identity gives credentials out. */
export const podIdentityPath = "/v1/credentials"

/** What a token has to be for. */
export const podIdentityAudience = "pods.eks.amazonaws.com"

/**
 * Answers as the agent does, which hands each token on to EKS. Its address is not checked: the real one refuses to
 * be called by any but 169.254.170.23 and fd00:ec2::23, where no test can listen.
 *
 * @throws Fault, whose message is the whole text of the answer.
 */
export function answerPodIdentity(call: Call): Answer {
  const token = call.request.headers["authorization"] ?? ""
  const { publicKey } = call.state.world.cluster
  if (token === "") throw new Fault("InvalidRequest", "Service account token cannot be empty")
  const read = readWebToken(token, publicKey)
  if (read === null) {
    throw new Fault(
      "InvalidRequest",
      "Service account token cannot be parsed: token is malformed: token contains an invalid number of segments",
    )
  }
  if (read.claims.exp * 1000 <= call.now) {
    throw new Fault(
      "InvalidRequest",
      "Service account token failed basic claim validations: token is expired",
    )
  }
  const role = associatedRole(call, read.claims, read.genuine)
  const name = `eks-${call.state.world.cluster.name}-${role.name}-pod-${randomUUID()}`.slice(0, 64)
  const handout = handOut(call, role, "pod-identity", name, serviceAccountIn(read.claims) ?? undefined)
  return jsonAnswer(200, {
    AccessKeyId: handout.accessKeyId,
    SecretAccessKey: handout.secretAccessKey,
    Token: handout.sessionToken,
    AccountId: handout.role.split(":")[4],
    Expiration: handout.expiration,
  })
}

/** An error of EKS in the agent's words. */
export function eksAuthFault(code: string, message: string, status: number): Fault {
  const fault = status < 500 ? "client" : "server"
  return new Fault(code, `[${randomUUID()}]: (${code}): ${message}, fault: ${fault}`, status)
}

function associatedRole({ state }: Call, claims: Claims, genuine: boolean): Role {
  const { world } = state
  if (!genuine || claims.iss !== world.cluster.issuer || !claims.aud.includes(podIdentityAudience)) {
    throw eksAuthFault("InvalidTokenException", "The token included in the request is invalid.", 400)
  }
  const serviceAccount = serviceAccountIn(claims)
  const role = roleFor(world, serviceAccount)
  if (role === undefined) {
    throw eksAuthFault("ResourceNotFoundException", "No association found for the service account.", 404)
  }
  if (role.mechanisms.includes("pod-identity")) return role
  throw eksAuthFault(
    "AccessDeniedException",
    "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
    400,
  )
}

function roleFor(world: World, serviceAccount: string | null): Role | undefined {
  const cluster = world.eksClusters.find(({ name }) => name === world.cluster.name)
  const associations = cluster?.podIdentityAssociations
  if (associations === undefined) return world.roles.find((one) => serviceAccountOf(one) === serviceAccount)
  const own = associations.find((one) => `${one.namespace}/${one.serviceAccount}` === serviceAccount)
  return own === undefined ? undefined : findRole(world, own.roleArn)
}
