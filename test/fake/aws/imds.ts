import { createHmac } from "node:crypto"
import type { Answer, Call } from "./exchange.ts"
import { Fault } from "./fault.ts"
import { handOut } from "./handout.ts"
import { jsonAnswer } from "./plain.ts"
import type { Role } from "./world.ts"

const tokenPath = "/latest/api/token"
const rolesPath = "/latest/meta-data/iam/security-credentials/"
const ttlHeader = "x-aws-ec2-metadata-token-ttl-seconds"

/** The operation that a path of the instance metadata service stands for. @returns `null` for any other path. */
export function imdsOperation(path: string): string | null {
  if (path === tokenPath) return "GetToken"
  if (path === rolesPath) return "ListRoles"
  return path.startsWith(rolesPath) ? "GetRoleCredentials" : null
}

/**
 * Answers as an instance does that demands version 2: a token first, then all else with it.
 *
 * @throws Fault
 */
export function answerImds(call: Call, operation: string): Answer {
  const { method, path, headers } = call.request
  if (operation === "GetToken") return getToken(call)
  if (method !== "GET") throw new Fault("MethodNotAllowed", "Method Not Allowed", 405)
  if (!isToken(headers["x-aws-ec2-metadata-token"] ?? "", call.now)) {
    throw new Fault("Unauthorized", "Unauthorized", 401)
  }
  const role = call.state.world.roles.find((one) => one.mechanisms.includes("instance"))
  if (role === undefined) throw new Fault("NotFound", "Not Found", 404)
  if (operation === "ListRoles") return text(role.name)
  if (path !== rolesPath + role.name) throw new Fault("NotFound", "Not Found", 404)
  return credentials(call, role)
}

/** An error of the instance metadata service: a page of HTML, and nothing to parse. */
export function imdsFault({ message, status }: Fault): Answer {
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>\n<html><body><h1>${status} - ${message}</h1></body></html>\n`
  return { status, headers: { "content-type": "text/html" }, body }
}

function getToken({ request, now }: Call): Answer {
  if (request.method !== "PUT") throw new Fault("MethodNotAllowed", "Method Not Allowed", 405)
  if (request.headers["x-forwarded-for"] !== undefined) throw new Fault("Forbidden", "Forbidden", 403)
  const ttl = Number(request.headers[ttlHeader] ?? "0")
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > 21_600) throw new Fault("BadRequest", "Bad Request", 400)
  const answer = text(signToken(now + ttl * 1000))
  return { ...answer, headers: { ...answer.headers, [ttlHeader]: String(ttl) } }
}

function credentials(call: Call, role: Role): Answer {
  const handout = handOut(call, role, "instance", "i-0123456789abcdef0")
  return jsonAnswer(200, {
    Code: "Success",
    LastUpdated: new Date(call.now).toISOString().replace(/\.\d+/, ""),
    Type: "AWS-HMAC",
    AccessKeyId: handout.accessKeyId,
    SecretAccessKey: handout.secretAccessKey,
    Token: handout.sessionToken,
    Expiration: handout.expiration,
  })
}

function isToken(token: string, now: number): boolean {
  const expiresAt = Number(Buffer.from(token, "base64").toString().split(" ")[0])
  return expiresAt > now && token === signToken(expiresAt)
}

function signToken(expiresAt: number): string {
  const mac = createHmac("sha256", "fake AWS instance").update(String(expiresAt)).digest("hex")
  return Buffer.from(`${expiresAt} ${mac}`).toString("base64")
}

function text(body: string): Answer {
  return { status: 200, headers: { "content-type": "text/plain" }, body }
}
