import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import { Sha256 } from "@smithy/core/checksum"
import { getEndpointFromInstructions } from "@smithy/core/endpoints"
import { buildQueryString, HttpRequest } from "@smithy/core/protocols"
import { SignatureV4 } from "@smithy/signature-v4"
import type { AwsIdentity } from "./identity.ts"

const clusterHeader = "x-k8s-aws-id"
/** What the AWS CLI asks for. EKS takes a token for 15 minutes from its signing whatever this says. */
const expiresInSeconds = 60

/**
 * A bearer token for the API server of an EKS cluster: the URL of a signed `GetCallerIdentity`, which the cluster
 * sends to STS to learn who calls (kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a
 * Cluster"). It is secret for 15 minutes.
 *
 * @param profile whose settings tell the address of STS; `null` for that of the environment.
 * @param nowMs this machine's clock, in milliseconds since the epoch.
 */
export async function signEksToken(
  cluster: string,
  region: string,
  identity: AwsIdentity,
  profile: string | null,
  nowMs: number,
): Promise<string> {
  const { protocol, hostname, port, host, pathname } = await stsAddress(region, profile)
  const request = new HttpRequest({
    protocol,
    hostname,
    ...(port === "" ? {} : { port: Number(port) }),
    path: pathname,
    query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
    headers: { host, [clusterHeader]: cluster },
  })
  const signer = new SignatureV4({ credentials: identity, region, service: "sts", sha256: Sha256 })
  const { query } = await signer.presign(request, {
    expiresIn: expiresInSeconds,
    signingDate: new Date(nowMs),
    // The cluster takes it as a header alone, and refuses a query that has anything beside the signature.
    unhoistableHeaders: new Set([clusterHeader]),
  })
  const url = `${protocol}//${host}${pathname}?${buildQueryString(query ?? {})}`
  return `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`
}

/** As the SDK has it for the Region: no other host than STS's own is accepted by a real cluster. */
async function stsAddress(region: string, profile: string | null): Promise<URL> {
  const client = new STSClient({ region, ...(profile === null ? {} : { profile }) })
  const { url } = await getEndpointFromInstructions({}, GetCallerIdentityCommand, client.config)
  client.destroy()
  return url
}
