import { sessionArn } from "./credentials.ts"
import type { EksCluster } from "./eks-cluster.ts"
import { verifyPresigned } from "./presigned.ts"
import type { World } from "./world.ts"

/** Which cluster is asked to let somebody in, and when. */
export interface Gate {
  /** Name of one of the world's EKS clusters. */
  readonly cluster: string
  readonly world: World
  /** Milliseconds since 1970. */
  readonly now: number
  /** Host and port of an STS beside AWS's own, which need not be HTTPS. */
  readonly stsHost?: string
}

/** Somebody as a TokenReview of Kubernetes names them. */
export interface EksUser {
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** A user, or why there is none, in the words of aws-iam-authenticator where it has some. */
export type TokenVerdict = { readonly user: EksUser } | { readonly refusal: string }

const prefix = "k8s-aws-v1."
const mostBytes = 4096
const lifeSeconds = 15 * 60
const skewMs = 5 * 60 * 1000
const clusterHeader = "x-k8s-aws-id"
const parameters = new Set([
  ...["action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires"],
  ...["x-amz-security-token", "x-amz-signature", "x-amz-signedheaders"],
])

/**
 * Checks a bearer token of EKS as aws-iam-authenticator and STS do together (kubernetes-sigs/aws-iam-authenticator,
 * pkg/token/token.go), and looks its role up in the cluster's access entries. It needs nothing but the world, so that
 * a fake API server can use it in its own process.
 */
export function reviewToken(token: string, gate: Gate): TokenVerdict {
  const cluster = gate.world.eksClusters.find((one) => one.name === gate.cluster)
  if (cluster === undefined) return { refusal: `there is no cluster ${gate.cluster}` }
  const url = readUrl(token)
  if (typeof url === "string") return malformed(url)
  const fault = faultOf(url, gate) ?? faultOfTime(url, gate.now, cluster.tokenSeconds ?? lifeSeconds)
  if (fault !== null) return malformed(fault)
  const verdict = verifyPresigned({ url, headers: { [clusterHeader]: gate.cluster } }, "sts", gate.world)
  if ("refusal" in verdict) return refused(verdict.refusal)
  const { session } = verdict
  if (session.expiresAt <= gate.now) return refused("ExpiredToken")
  return admit(cluster, session, url.searchParams.get("X-Amz-Credential")?.split("/")[0] ?? "")
}

/** @returns what is wrong with it, when it cannot be read. */
function readUrl(token: string): URL | string {
  if (Buffer.byteLength(token) > mostBytes) return "token is too large"
  if (!token.startsWith(prefix)) return `token is missing expected "${prefix}" prefix`
  const text = token.slice(prefix.length)
  const decoded = Buffer.from(text, "base64url")
  if (decoded.toString("base64url") !== text) return "illegal base64 data"
  return URL.parse(decoded.toString()) ?? "it is no URL"
}

function faultOf(url: URL, { stsHost }: Gate): string | null {
  const isOwn = stsHost !== undefined && url.host === stsHost
  if (url.protocol !== "https:" && !isOwn)
    return `unexpected scheme "${url.protocol.slice(0, -1)}" in pre-signed URL`
  if (!isOwn && regionOf(url.host) === null) return `unexpected hostname "${url.host}" in pre-signed URL`
  if (url.pathname !== "/" || url.hash !== "" || url.username !== "")
    return "unexpected path in pre-signed URL"
  return faultOfQuery(url) ?? faultOfScope(url, isOwn)
}

function faultOfQuery({ searchParams }: URL): string | null {
  const names = [...searchParams.keys()]
  const foreign = names.find((name) => !parameters.has(name.toLowerCase()))
  if (foreign !== undefined) return `non-whitelisted query parameter "${foreign}"`
  if (new Set(names.map((name) => name.toLowerCase())).size !== names.length) {
    return "query parameter with multiple values not supported"
  }
  if (searchParams.get("Action") !== "GetCallerIdentity")
    return "unexpected action parameter in pre-signed URL"
  if (searchParams.get("Version") !== "2011-06-15") return "unexpected version parameter in pre-signed URL"
  const signed = (searchParams.get("X-Amz-SignedHeaders") ?? "").split(";")
  return signed.includes(clusterHeader)
    ? null
    : `client did not sign the ${clusterHeader} header in the pre-signed URL`
}

// An endpoint of a Region takes what is signed for that Region.
function faultOfScope({ host, searchParams }: URL, isOwn: boolean): string | null {
  const region = searchParams.get("X-Amz-Credential")?.split("/")[2]
  return isOwn || regionOf(host) === region ? null : "Credential should be scoped to a valid region"
}

function faultOfTime({ searchParams }: URL, now: number, goodForSeconds: number): string | null {
  const expires = searchParams.get("X-Amz-Expires") ?? ""
  if (!/^\d+$/.test(expires) || Number(expires) > 900) {
    return `invalid X-Amz-Expires parameter in pre-signed URL: ${expires}`
  }
  const date = searchParams.get("X-Amz-Date") ?? ""
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date)
  if (parts === null) return `error parsing X-Amz-Date parameter ${date}`
  const [, year, month, day, hour, minute, second] = parts
  const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (now > signedAt + goodForSeconds * 1000) {
    return `X-Amz-Date parameter is expired (${goodForSeconds / 60} minute expiration) ${date}`
  }
  return signedAt > now + skewMs ? `Signature not yet current: ${date}` : null
}

/** The Region of one of STS's hosts. @returns `null` for any other host. */
function regionOf(host: string): string | null {
  if (host === "sts.amazonaws.com") return "us-east-1"
  return /^sts\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$/.exec(host)?.[1] ?? null
}

function admit(
  cluster: EksCluster,
  session: { role: string; name: string },
  accessKeyId: string,
): TokenVerdict {
  const entry = cluster.accessEntries.find(({ role }) => role === session.role)
  if (entry === undefined) return { refusal: `ARN is not mapped: ${session.role}` }
  const arn = sessionArn(session)
  const account = arn.split(":")[4]
  return {
    user: {
      username: entry.username ?? arn,
      uid: `aws-iam-authenticator:${account}:AROAEXAMPLE`,
      groups: entry.groups,
      extra: {
        accessKeyId: [accessKeyId],
        arn: [arn],
        canonicalArn: [session.role],
        principalId: ["AROAEXAMPLE"],
        sessionName: [session.name],
      },
    },
  }
}

function malformed(reason: string): TokenVerdict {
  return { refusal: `input token was not properly formatted: ${reason}` }
}

function refused(code: string): TokenVerdict {
  return { refusal: `sts getCallerIdentity failed: error from AWS: ${code}` }
}
