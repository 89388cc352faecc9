import { directAddress } from "./direct-address.ts"
import { plainAnswer } from "./direct-http.ts"
import type { DirectAnswer } from "./direct-request.ts"
import type { AwsIdentity } from "./identity.ts"
import { type AwsSettings, configuredRegion } from "./settings.ts"

/** A pod's proof of who it is, and the role that it wants. */
export interface WebIdentity {
  readonly token: string
  readonly role: string
  readonly sessionName: string
}

const limitMs = 5_000

/**
 * The credentials of a role by STS's `AssumeRoleWithWebIdentity`: one request, which is not signed.
 *
 * @returns `null` where it takes the SDK: see {@link directAddress}.
 * @throws Error in the form of the SDK's.
 */
export async function directWebIdentity(
  { token, role, sessionName }: WebIdentity,
  settings: AwsSettings,
): Promise<AwsIdentity | null> {
  const { environment } = settings
  const url = directAddress("sts", configuredRegion(settings), environment)
  if (url === null) return null
  const form = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: sessionName,
    WebIdentityToken: token,
  })
  const headers = { "content-type": "application/x-www-form-urlencoded" }
  const answer = await plainAnswer(
    { method: "POST", url, headers, body: form.toString(), limitMs },
    environment,
  )
  if (answer.status !== 200) throw refusal(answer)
  return readIdentity(answer)
}

function readIdentity({ status, body }: DirectAnswer): AwsIdentity {
  const accessKeyId = element(body, "AccessKeyId")
  const secretAccessKey = element(body, "SecretAccessKey")
  const sessionToken = element(body, "SessionToken")
  if (!accessKeyId || !secretAccessKey || !sessionToken) throw unreadable(status)
  const end = new Date(element(body, "Expiration") ?? "")
  const expiration = Number.isNaN(end.getTime()) ? {} : { expiration: end }
  return { accessKeyId, secretAccessKey, sessionToken, ...expiration }
}

function refusal({ status, body }: DirectAnswer): Error {
  const name = element(body, "Code")
  if (name === null) throw unreadable(status)
  const $metadata = { httpStatusCode: status }
  return Object.assign(new Error(element(body, "Message") ?? ""), { name, $metadata })
}

/** What the answer was is not told: it may hold a part of a credential. */
function unreadable(httpStatusCode: number): Error {
  return Object.assign(new SyntaxError("no answer of STS"), { $metadata: { httpStatusCode } })
}

/** The text of the first element of a name. STS writes those that are read here without attributes and once. */
function element(xml: string, name: string): string | null {
  const [, text] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  return text === undefined
    ? null
    : text.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity) => plain[entity] ?? "")
}

const plain: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" }
