import { knownArn } from "./arn.ts"
import { authenticate, findRole, serviceAccountOf } from "./caller.ts"
import { sessionArn } from "./credentials.ts"
import { principalContext } from "./denial.ts"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { handOut } from "./handout.ts"
import { decideForResource } from "./policy.ts"
import { invalidAction, parameters, readVersion, refuseRest, take } from "./query.ts"
import { readWebToken, serviceAccountIn } from "./web-token.ts"
import type { Role } from "./world.ts"
import { xmlAnswer } from "./xml.ts"

const version = "2011-06-15"
const audience = "sts.amazonaws.com"

/**
 * Answers STS in the Query protocol.
 *
 * @throws Fault
 */
export function answerSts(call: Call, action: string): Answer {
  const { method, path, query, body } = call.request
  if (method !== "POST" || path !== "/" || query !== "") throw invalidAction(action, version)
  if (readVersion(body) !== version) throw invalidAction(action, version)
  const given = parameters(body)
  if (action === "AssumeRoleWithWebIdentity") return assumeRoleWithWebIdentity(call, given)
  if (action === "AssumeRole") return assumeRole(call, given)
  if (action === "GetCallerIdentity") return getCallerIdentity(call, given)
  throw invalidAction(action, version)
}

function assumeRoleWithWebIdentity(call: Call, given: Map<string, string>): Answer {
  const roleArn = take(given, "RoleArn", /^arn:aws:iam::\d{12}:role\/.+$/)
  const sessionName = take(given, "RoleSessionName", /^[\w+=,.@-]{2,64}$/)
  const token = take(given, "WebIdentityToken", /^[\s\S]{4,20000}$/)
  if (given.has("DurationSeconds")) take(given, "DurationSeconds", /^(900|[1-9]\d{3,4})$/)
  refuseRest(given)
  const subject = checkToken(call, token)
  const role = findRole(call.state.world, roleArn)
  if (!trusts(role, subject)) {
    throw new Fault("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
  }
  const handout = handOut(call, role, "web-identity", sessionName)
  return xmlAnswer(
    "AssumeRoleWithWebIdentity",
    {
      Audience: audience,
      AssumedRoleUser: {
        AssumedRoleId: `AROAEXAMPLE:${sessionName}`,
        Arn: sessionArn({ role: handout.role, name: sessionName }),
      },
      Provider: call.state.world.cluster.issuer.replace("https://", ""),
      Credentials: {
        AccessKeyId: handout.accessKeyId,
        SecretAccessKey: handout.secretAccessKey,
        SessionToken: handout.sessionToken,
        Expiration: handout.expiration,
      },
      SubjectFromWebIdentityToken: subject,
    },
    "sts",
  )
}

/** Both sides must allow it: the caller's policies, and the trust policy of the role. */
function assumeRole(call: Call, given: Map<string, string>): Answer {
  const roleArn = take(given, "RoleArn", /^arn:aws:iam::\d{12}:role\/.+$/)
  const sessionName = take(given, "RoleSessionName", /^[\w+=,.@-]{2,64}$/)
  if (given.has("DurationSeconds")) take(given, "DurationSeconds", /^(900|[1-9]\d{3,4})$/)
  refuseRest(given)
  const caller = authenticate(call, "sts")
  const { principal, policies } = caller
  const account = knownArn(roleArn).account
  const context = principalContext(caller)
  const access = {
    principal,
    action: "sts:AssumeRole",
    resource: roleArn,
    account: principal.account,
    context,
  }
  const role = findRole(call.state.world, roleArn)
  const decision = decideForResource(policies, undefined, access)
  if (decision !== "allowed" || role?.trusts?.includes(principal.role) !== true) {
    const what = `User: ${principal.session} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`
    throw new Fault("AccessDenied", what, 403)
  }
  const handout = handOut(call, role, "static", sessionName)
  return xmlAnswer(
    "AssumeRole",
    {
      AssumedRoleUser: {
        AssumedRoleId: `AROAEXAMPLE${account}:${sessionName}`,
        Arn: sessionArn({ role: handout.role, name: sessionName }),
      },
      Credentials: {
        AccessKeyId: handout.accessKeyId,
        SecretAccessKey: handout.secretAccessKey,
        SessionToken: handout.sessionToken,
        Expiration: handout.expiration,
      },
    },
    "sts",
  )
}

function getCallerIdentity(call: Call, given: Map<string, string>): Answer {
  refuseRest(given)
  const { principal, session } = authenticate(call, "sts")
  return xmlAnswer(
    "GetCallerIdentity",
    {
      Arn: principal.session,
      UserId: `AROAEXAMPLE:${session.name}`,
      Account: principal.account,
    },
    "sts",
  )
}

function checkToken({ state, now }: Call, token: string): string {
  const { cluster } = state.world
  const read = readWebToken(token, cluster.publicKey)
  if (read === null)
    throw invalidToken(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    )
  const { claims, genuine } = read
  if (claims.iss !== cluster.issuer || !cluster.oidcProvider) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`)
  }
  if (!cluster.reachable) {
    throw new Fault("IDPCommunicationError", "Error communicating with the identity provider")
  }
  if (!genuine) {
    throw invalidToken(
      "Couldn't retrieve verification key from your identity provider,  please reference " +
        "AssumeRoleWithWebIdentity documentation for requirements",
    )
  }
  if (!claims.aud.includes(audience)) throw invalidToken("Incorrect token audience")
  const nowSeconds = Math.floor(now / 1000)
  if (claims.exp <= nowSeconds) {
    throw new Fault(
      "ExpiredTokenException",
      `Token expired: current date/time ${nowSeconds} must be before the expiration date/time ${claims.exp}`,
    )
  }
  return claims.sub
}

function trusts(role: Role | undefined, sub: string): role is Role {
  if (role === undefined || !role.mechanisms.includes("web-identity")) return false
  return serviceAccountIn({ sub }) === serviceAccountOf(role)
}

function invalidToken(message: string): Fault {
  return new Fault("InvalidIdentityToken", message)
}
