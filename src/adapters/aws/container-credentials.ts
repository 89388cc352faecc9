import type { Environment } from "../../ports/runtime.ts"
import { readText } from "../system/file-calls.ts"
import { plainAnswer } from "./direct-http.ts"
import type { AwsIdentity } from "./identity.ts"
import type { Redactor } from "./redact.ts"

const limitMs = 3_000

/**
 * The container's credentials from EKS Pod Identity's agent, ECS or CodeBuild: one GET. The SDK's own provider
 * loses what the agent answered, repeats a denial, and has no limit on its time.
 *
 * @throws Error whose `name` is the agent's code and whose message is its answer, or the system's error.
 */
export async function fetchContainerCredentials(
  url: URL,
  environment: Environment,
  redactor: Redactor,
): Promise<AwsIdentity> {
  const token = await authorization(environment)
  redactor.add(token ?? undefined)
  const headers = token === null ? {} : { authorization: token }
  const { status, body } = await plainAnswer({ method: "GET", url, headers, limitMs }, environment)
  if (status !== 200) throw refusal(status, body)
  return readCredentials(body)
}

/** The file is read at each use, because the token in it is replaced before it expires. */
async function authorization(environment: Environment): Promise<string | null> {
  const file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
  if (file) return (await readText(file)).trim()
  return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] || null
}

function refusal(status: number, body: string): Error {
  const fields = parseObject(body)
  const code = fields["Code"] ?? fields["code"]
  const message = fields["Message"] ?? fields["message"] ?? body
  return Object.assign(new Error(typeof message === "string" ? message : ""), {
    name: typeof code === "string" ? code : "Refused",
    $metadata: { httpStatusCode: status },
  })
}

function readCredentials(body: string): AwsIdentity {
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: end,
  } = parseObject(body)
  if (isText(accessKeyId) && isText(secretAccessKey) && isText(sessionToken)) {
    const known = isText(end) && !Number.isNaN(Date.parse(end))
    const expiration = known ? { expiration: new Date(end) } : {}
    return { accessKeyId, secretAccessKey, sessionToken, ...expiration }
  }
  throw new Error("its answer holds no credentials")
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== ""
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
