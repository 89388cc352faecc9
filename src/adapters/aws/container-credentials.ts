import { readFile } from "node:fs/promises"
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import type { Environment } from "../../ports/runtime.ts"
import type { AwsIdentity } from "./identity.ts"
import type { Redactor } from "./redact.ts"

const taskHost = "http://169.254.170.2"
/** Plain HTTP is for addresses that do not leave the machine (AWS SDKs reference, "Container credential provider"). */
const localHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]

const timeoutMs = 3_000
const maxAnswerBytes = 65_536

/** Where the environment says that the container's credentials are; `null` when it does not. */
export function containerUrl(environment: Environment): string | null {
  const relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
  if (relative) return `${taskHost}${relative}`
  return environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] || null
}

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
  const { status, body } = await get(url, token === null ? {} : { authorization: token })
  if (status !== 200) throw refusal(status, body)
  return readCredentials(body)
}

/** @returns `null` for a text that is no URL, or one to which a token must not be sent in clear. */
export function parseContainerUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol === "https:") return url
  const local = localHosts.includes(url.hostname) || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)
  return url.protocol === "http:" && local ? url : null
}

/** The file is read at each use, because the token in it is replaced before it expires. */
async function authorization(environment: Environment): Promise<string | null> {
  const file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
  if (file) return (await readFile(file, "utf8")).trim()
  return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] || null
}

interface Answer {
  readonly status: number
  readonly body: string
}

function get(url: URL, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
      headers,
      agent: false,
      rejectUnauthorized: true,
    })
    const end = (error: Error) => {
      clearTimeout(timer)
      reject(error)
      request.destroy()
    }
    const late = Object.assign(new Error(`no answer within ${timeoutMs} ms`), { name: "TimeoutError" })
    const timer = setTimeout(() => end(late), timeoutMs)
    request.once("error", end)
    request.once("response", (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        body += chunk
        if (body.length > maxAnswerBytes) end(new Error("its answer is too long"))
      })
      response.once("error", end)
      response.once("end", () => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, body })
      })
    })
    request.end()
  })
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
