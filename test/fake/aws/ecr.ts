import { createHmac } from "node:crypto"
import { authorize } from "./authorize.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { describeImages } from "./images.ts"
import { readMembers } from "./members.ts"
import { createRepository, describeRepositories, putImageTagMutability } from "./repository-admin.ts"

/** Elastic Container Registry, as far as a login, a look at images and the settings of a repository need it. What is pulled is somewhere else. */
export const ecrOperations: Readonly<Record<string, Operation>> = {
  GetAuthorizationToken: getAuthorizationToken,
  DescribeImages: describeImages,
  DescribeRepositories: describeRepositories,
  CreateRepository: createRepository,
  PutImageTagMutability: putImageTagMutability,
}

const tokenSeconds = 12 * 60 * 60

/** What the user `AWS` logs in to an account's registry with. */
export function registryPassword(account: string): string {
  return createHmac("sha256", "fake AWS registry").update(account).digest("base64url")
}

function getAuthorizationToken(call: Call, caller: Caller): object {
  readMembers(call.request.body, { registryIds: "unsupported" })
  const { account } = caller.principal
  // It has no resource: a policy can allow it for all or not at all.
  authorize(caller, { action: "ecr:GetAuthorizationToken", resource: "*" })
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
