import { createHmac } from "node:crypto"
import { authorize } from "./authorize.ts"
import type { Caller, Operation } from "./caller.ts"
import type { Call } from "./exchange.ts"
import { describeImages } from "./images.ts"
import { layerOperations } from "./layers.ts"
import { manifestOperations } from "./manifests.ts"
import { readMembers } from "./members.ts"
import { createRepository, describeRepositories, putImageTagMutability } from "./repository-admin.ts"

/**
 * Elastic Container Registry: a login, a look at images, the settings of a repository, and images part by part. The
 * protocol of `docker pull` and `docker push` is somewhere else.
 */
export const ecrOperations: Readonly<Record<string, Operation>> = {
  GetAuthorizationToken: getAuthorizationToken,
  DescribeImages: describeImages,
  DescribeRepositories: describeRepositories,
  CreateRepository: createRepository,
  PutImageTagMutability: putImageTagMutability,
  ...layerOperations,
  ...manifestOperations,
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
