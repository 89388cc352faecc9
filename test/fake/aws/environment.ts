import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { containerPathOf } from "./container.ts"
import { issueCredentials } from "./credentials.ts"
import { podIdentityAudience, podIdentityPath } from "./pod-identity.ts"
import { signWebToken } from "./web-token.ts"
import { account, defaultWorld, type Mechanism, type Role, region, roleArn } from "./world.ts"

/** What has to be known of a fake AWS that runs. */
export interface Running {
  readonly url: string
  /** The roles of its world. */
  readonly roles: readonly Role[]
}

/** Who a process is to be, and how it comes by that. */
export interface Identity {
  readonly via: Mechanism
  /** Name of a role of the default account, or its ARN. */
  readonly role: string
  readonly region?: string
  /** Where the token file is written. */
  readonly folder: string
  /** `namespace/name`; by default `default/ROLE`. */
  readonly serviceAccount?: string
  /** Gives a token or credentials that have expired. */
  readonly expired?: boolean
}

/**
 * The variables with which a process acts as a role by one mechanism, and by no other: nothing of the machine's own
 * configuration is read, and no address but the fake's is called. A token file is of the default world's cluster.
 *
 * @throws Error when it is to be the instance's role and is not: an instance gives what it has.
 */
export function environmentFor({ url, roles }: Running, identity: Identity): Record<string, string> {
  const { via, folder } = identity
  const environment: Record<string, string> = {
    AWS_REGION: identity.region ?? region,
    AWS_ENDPOINT_URL: url,
    ...endpointsOf(url),
    AWS_CONFIG_FILE: join(folder, "aws-config-that-is-not-there"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "aws-credentials-that-are-not-there"),
  }
  if (via === "instance") checkInstance(roles, arnOf(identity))
  if (via === "instance") return { ...environment, AWS_EC2_METADATA_SERVICE_ENDPOINT: url }
  return { ...environment, AWS_EC2_METADATA_DISABLED: "true", ...mechanisms[via](identity, url) }
}

/** The endpoint of each service that a deploy calls, by the variable that is for it alone. */
export function endpointsOf(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_CODEBUILD: url,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url,
    AWS_ENDPOINT_URL_ECR: url,
    AWS_ENDPOINT_URL_EKS: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_STS: url,
  }
}

type Variables = (identity: Identity, url: string) => Record<string, string>

const mechanisms: Readonly<Record<Exclude<Mechanism, "instance">, Variables>> = {
  static: (identity) => {
    const expiresAt = Date.parse(identity.expired ? "2020-01-01" : "2099-01-01")
    const { accessKeyId, secretAccessKey, sessionToken } = issueCredentials({
      ...{ role: arnOf(identity), name: "static", via: "static", expiresAt },
    })
    return {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    }
  },
  "web-identity": (identity) => ({
    AWS_ROLE_ARN: arnOf(identity),
    AWS_WEB_IDENTITY_TOKEN_FILE: writeToken(identity, "sts.amazonaws.com"),
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
  }),
  "pod-identity": (identity, url) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${podIdentityPath}`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: writeToken(identity, podIdentityAudience),
  }),
  container: (identity, url) => ({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}${containerPathOf(arnOf(identity))}`,
  }),
}

function checkInstance(roles: readonly Role[], arn: string): void {
  const own = roles.find((role) => role.mechanisms.includes("instance"))
  if (own !== undefined && roleArn(own.name, own.account) === arn) return
  throw new Error(`the instance has not the role ${arn}`)
}

function arnOf({ role }: Identity): string {
  return role.startsWith("arn:") ? role : roleArn(role, account)
}

function writeToken(identity: Identity, audience: string): string {
  const path = join(identity.folder, `${identity.via}-token`)
  const name = arnOf(identity).split("/").at(-1)
  const serviceAccount = identity.serviceAccount ?? `default/${name}`
  const token = signWebToken({
    iss: defaultWorld.cluster.issuer,
    aud: [audience],
    sub: `system:serviceaccount:${serviceAccount.replace("/", ":")}`,
    exp: Math.floor(Date.parse(identity.expired ? "2020-01-01" : "2099-01-01") / 1000),
  })
  writeFileSync(path, token)
  return path
}
