import { createHmac } from "node:crypto"
import type { Caller, Operation } from "./caller.ts"
import { denial, principalContext } from "./denial.ts"
import type { Call } from "./exchange.ts"
import { readMembers } from "./members.ts"
import { decideForResource } from "./policy.ts"

/** Elastic Container Registry, as far as a login needs it. The images are somewhere else. */
export const ecrOperations: Readonly<Record<string, Operation>> = {
  GetAuthorizationToken: getAuthorizationToken,
}

const tokenSeconds = 12 * 60 * 60

/** What the user `AWS` logs in to an account's registry with. */
export function registryPassword(account: string): string {
  return createHmac("sha256", "fake AWS registry").update(account).digest("base64url")
}

function getAuthorizationToken(call: Call, caller: Caller): object {
  readMembers(call.request.body, { registryIds: "unsupported" })
  const { account } = caller.principal
  const action = "ecr:GetAuthorizationToken"
  const context = principalContext(caller)
  // It has no resource: a policy can allow it for all or not at all.
  const access = { principal: caller.principal, action, resource: "*", account, context }
  const decision = decideForResource(caller.policies, undefined, access)
  if (decision !== "allowed") throw denial(decision, access, "on resource: *")
  return {
    authorizationData: [
      {
        authorizationToken: Buffer.from(`AWS:${registryPassword(account)}`).toString("base64"),
        expiresAt: Math.floor(call.now / 1000) + tokenSeconds,
        proxyEndpoint: `https://${account}.dkr.ecr.${caller.region}.amazonaws.com`,
      },
    ],
  }
}
