import { DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks"
import { EnvsealError } from "../../core/error.ts"
import type { ClusterAccess, ClusterCredential } from "../../ports/cluster.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { signEksToken } from "./eks-token.ts"
import type { AwsIdentity } from "./identity.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

/** Of the 14 minutes for which the AWS CLI takes a token to be good, so that none ends on its way. */
const tokenLifeMs = 600_000

/**
 * The way to an EKS cluster without a kubeconfig: its address and certificate by `DescribeCluster`, and tokens made
 * here from the AWS credentials.
 *
 * @param region where the cluster is.
 * @param nowMs this machine's clock, in milliseconds since the epoch.
 * @throws EnvsealError `WRONG_CLUSTER` when there is none of that name, `REMOTE_FAILED` when it is not active, and as
 * a `Builder` does.
 */
export async function eksAccess(
  name: string,
  region: string,
  settings: AwsSettings,
  credentials: Credentials,
  nowMs = Date.now,
): Promise<ClusterAccess> {
  const { endpoint, ca } = await describe(name, region, new AwsSession(settings, credentials))
  const tokens = new EksTokens(name, region, credentials, nowMs)
  return {
    name,
    server: endpoint,
    ca,
    tlsServerName: null,
    insecure: false,
    proxy: null,
    credential: (refused) => tokens.next(refused),
  }
}

async function describe(
  name: string,
  region: string,
  session: AwsSession,
): Promise<{ readonly endpoint: string; readonly ca: string }> {
  const call: Call = { service: "EKS", action: "eks:DescribeCluster", resource: name }
  const { cluster } = await session.repeat({
    call,
    region,
    client: (settings) => new EKSClient(settings),
    send: (client) => client.send(new DescribeClusterCommand({ name })),
  })
  if (cluster === undefined) throw incomplete(call)
  const { status, endpoint, certificateAuthority } = cluster
  if (status !== "ACTIVE" && status !== "UPDATING") {
    throw new EnvsealError(
      "REMOTE_FAILED",
      `the EKS cluster ${name} is not active: its status is ${status}`,
      {
        hint: `wait until it is: aws eks wait cluster-active --name ${name} --region ${region}`,
      },
    )
  }
  const ca = Buffer.from(certificateAuthority?.data ?? "", "base64").toString("utf8")
  // Without an authority that is the cluster's alone, any certificate that the machine trusts would get a token.
  if (endpoint === undefined || !isServer(endpoint) || !ca.includes("-----BEGIN ")) throw incomplete(call)
  return { endpoint, ca }
}

/** Whether a token may go there. */
function isServer(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, username, password } = new URL(endpoint)
  return protocol === "https:" && username === "" && password === ""
}

interface Token {
  readonly text: string
  readonly madeAtMs: number
  readonly identity: AwsIdentity
}

/** The tokens of one cluster, each kept while it is good. */
class EksTokens {
  readonly #cluster: string
  readonly #region: string
  readonly #credentials: Credentials
  readonly #nowMs: () => number
  #token: Token | null = null

  constructor(cluster: string, region: string, credentials: Credentials, nowMs: () => number) {
    this.#cluster = cluster
    this.#region = region
    this.#credentials = credentials
    this.#nowMs = nowMs
  }

  async next(refused: ClusterCredential | undefined): Promise<ClusterCredential> {
    const held = this.#token
    const isRefused = held !== null && refused?.token === held.text
    // The token may be refused because the credentials behind it have ended.
    const identity = await this.#credentials.load(isRefused ? held.identity : null)
    const isGood = held !== null && !isRefused && held.identity === identity && !this.#isOld(held)
    const token = isGood ? held : await this.#make(identity)
    this.#token = token
    return { token: token.text }
  }

  #isOld({ madeAtMs }: Token): boolean {
    const ageMs = this.#nowMs() - madeAtMs
    return ageMs < 0 || ageMs >= tokenLifeMs
  }

  async #make(identity: AwsIdentity): Promise<Token> {
    const madeAtMs = this.#nowMs()
    const { profile } = this.#credentials.mechanism
    const text = await signEksToken(this.#cluster, this.#region, identity, profile, madeAtMs)
    this.#credentials.redactor.add(text)
    return { text, madeAtMs, identity }
  }
}
