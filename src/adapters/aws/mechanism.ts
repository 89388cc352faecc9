import { EnvsealError } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Environment } from "../../ports/runtime.ts"
import { readText } from "../system/file-calls.ts"
import { containerUrl, parseContainerUrl } from "./container-url.ts"
import type { WebIdentity } from "./direct-sts.ts"
import type { AwsIdentity } from "./identity.ts"
import type { Redactor } from "./redact.ts"
import { type AwsSettings, configuredRegion } from "./settings.ts"
import { hasDefaultProfile } from "./shared-files.ts"

/** One way to get credentials. */
export interface Mechanism {
  /** For messages, such as `web identity (AWS_WEB_IDENTITY_TOKEN_FILE)`. */
  readonly name: string
  /** ARN of the role, where the environment tells it. */
  readonly role: string | null
  /** The profile whose Region and addresses go with the credentials; `null` where they come from no profile. */
  readonly profile: string | null
  /** Whether it may just not be up yet. */
  readonly waits: boolean
  load(): Promise<AwsIdentity>
}

const defaultSessionName = "envseal"

/**
 * The one rule of whose credentials count, in the order that the AWS SDKs document: access key, web identity,
 * container, profile, machine. The profile of the settings is for laptops: it counts where nothing before it is
 * there, and not before the one that `AWS_PROFILE` names. The one of the command line counts before all.
 *
 * @throws EnvsealError `NO_CREDENTIALS` when there is none.
 */
export function chooseMechanism(settings: AwsSettings, redactor: Redactor): Mechanism {
  const { environment, allowInstanceRole } = settings
  const mechanism =
    givenProfile(settings) ??
    staticKey(environment, redactor) ??
    webIdentity(settings, redactor) ??
    container(environment, redactor) ??
    profile(settings) ??
    (allowInstanceRole ? instanceRole(environment) : null)
  if (mechanism !== null) {
    if (environment["AWS_PROFILE"] && !mechanism.name.startsWith("profile ")) {
      settings.log.warn(`AWS_PROFILE is set, and ${mechanism.name} goes before it`)
    }
    return mechanism
  }
  const half = environment["AWS_ACCESS_KEY_ID"]
    ? " (AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not)"
    : ""
  throw new EnvsealError(
    "NO_CREDENTIALS",
    `there are no AWS credentials: no access key in the environment${half}, no web identity, no container credentials and no profile`,
    { hint: credentialsHint(environment) },
  )
}

/** By what the platforms set: who stands in a pod cannot log in, and who sits at a laptop has no service account. */
function credentialsHint(environment: Environment): string {
  if (environment["KUBERNETES_SERVICE_HOST"]) {
    return "give the pod's service account a role (EKS Pod Identity or IRSA), and start the pod again; --allow-instance-role takes the role of the node, which all pods on it share"
  }
  if (environment["CI"]) {
    return "give the job a role, by OIDC or as variables: docs/other-ci.md; on EC2, --allow-instance-role takes the machine's"
  }
  return "log in, and name the profile with --profile NAME (AWS_PROFILE); on EC2, --allow-instance-role takes the machine's role. To log in: aws sso login --profile NAME"
}

function staticKey(environment: Environment, redactor: Redactor): Mechanism | null {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  if (!accessKeyId || !secretAccessKey) return null
  const sessionToken = environment["AWS_SESSION_TOKEN"]
  redactor.add(secretAccessKey)
  redactor.add(sessionToken)
  return {
    name: "the access key in the environment (AWS_ACCESS_KEY_ID)",
    role: null,
    profile: null,
    waits: false,
    load: async () => ({ accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }),
  }
}

function webIdentity(settings: AwsSettings, redactor: Redactor): Mechanism | null {
  const { environment } = settings
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role } = environment
  if (!file || !role) return null
  return {
    name: "web identity (AWS_WEB_IDENTITY_TOKEN_FILE)",
    role,
    profile: null,
    waits: true,
    load: async () => {
      const { directWebIdentity } = await import("./direct-sts.ts")
      const token = (await readText(file)).trim()
      redactor.add(token)
      const asked = { token, role, sessionName: environment["AWS_ROLE_SESSION_NAME"] || defaultSessionName }
      return (await directWebIdentity(asked, settings)) ?? (await webIdentityBySdk(asked, settings))
    },
  }
}

async function webIdentityBySdk({ token, role, sessionName }: WebIdentity, settings: AwsSettings) {
  const [{ fromWebToken }, { RequestHandler }] = await Promise.all([
    import("@aws-sdk/credential-provider-web-identity"),
    import("./http.ts"),
  ])
  const region = configuredRegion(settings)
  return fromWebToken({
    webIdentityToken: token,
    roleArn: role,
    roleSessionName: sessionName,
    clientConfig: {
      requestHandler: new RequestHandler(),
      maxAttempts: 1,
      ...(region === null ? {} : { region }),
    },
  })()
}

function container(environment: Environment, redactor: Redactor): Mechanism | null {
  const text = containerUrl(environment)
  if (text === null) return null
  const url = parseContainerUrl(text)
  if (url === null) {
    // Not quoted: an address can hold a password or a token.
    const variable = `AWS_CONTAINER_CREDENTIALS_${environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] ? "RELATIVE" : "FULL"}_URI`
    throw new EnvsealError("NO_CREDENTIALS", `${variable} is no address to send a credential's token to`, {
      hint: "it must be https, or http to the agent's own address or to loopback",
    })
  }
  const agent =
    url.pathname === "/v1/credentials" ? "the EKS Pod Identity agent" : "the container credentials agent"
  return {
    name: `${agent} at ${url.origin}`,
    role: null,
    profile: null,
    waits: true,
    load: async () => {
      const { fetchContainerCredentials } = await import("./container-credentials.ts")
      return fetchContainerCredentials(url, environment, redactor)
    },
  }
}

function profile(settings: AwsSettings): Mechanism | null {
  const { environment } = settings
  const name = environment["AWS_PROFILE"] || settings.profile
  if (name === null && !hasDefaultProfile(environment)) return null
  return profileNamed(name, settings)
}

function givenProfile(settings: AwsSettings): Mechanism | null {
  const { givenProfile: name = null } = settings
  return name === null ? null : profileNamed(name, settings)
}

function profileNamed(name: string | null, settings: AwsSettings): Mechanism {
  return {
    name: `profile ${printable(name ?? "default")}`,
    role: null,
    profile: name,
    waits: true,
    load: async () => {
      const { profileCredentials } = await import("./profile.ts")
      return profileCredentials(name ?? "default", settings)
    },
  }
}

function instanceRole(environment: Environment): Mechanism | null {
  if (/^true$/i.test(environment["AWS_EC2_METADATA_DISABLED"] ?? "")) return null
  return {
    name: "the instance's role (--allow-instance-role)",
    role: null,
    profile: null,
    waits: false,
    load: async () => {
      const [{ fromInstanceMetadata }, { instanceMetadata }] = await Promise.all([
        import("@smithy/credential-provider-imds"),
        import("./instance-metadata.ts"),
      ])
      return fromInstanceMetadata(instanceMetadata)()
    },
  }
}
