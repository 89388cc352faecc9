import { createHash, createHmac } from "node:crypto"
import type { Mechanism } from "./world.ts"

/** What a session token stands for. It carries its session, so that the fake remembers nothing. */
export interface Session {
  /** ARN of the role. */
  readonly role: string
  /** The last part of `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME`. */
  readonly name: string
  readonly via: Mechanism
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** `namespace/name` of the service account that EKS Pod Identity gave it to. */
  readonly serviceAccount?: string
}

/** Temporary credentials. They open nothing but a fake. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

type Payload = [role: string, name: string, via: Mechanism, expiresAt: number, serviceAccount?: string]

const seed = "fake AWS"

/** The same session has the same credentials always, also after a restart and in another process. */
export function issueCredentials(session: Session): Credentials {
  const { role, name, via, expiresAt, serviceAccount } = session
  const known = [role, name, via, expiresAt]
  const payload = JSON.stringify(serviceAccount === undefined ? known : [...known, serviceAccount])
  const accessKeyId = `ASIA${base32(digest("id", payload)).slice(0, 16)}`
  return {
    accessKeyId,
    secretAccessKey: digest("secret", accessKeyId).toString("base64").slice(0, 40),
    sessionToken: Buffer.concat([digest("token", payload), Buffer.from(payload)]).toString("base64"),
  }
}

/** @returns `null` for a token that {@link issueCredentials} never gave. */
export function readSessionToken(token: string): Session | null {
  const bytes = Buffer.from(token, "base64")
  const payload = bytes.subarray(32).toString()
  if (bytes.toString("base64") !== token || !digest("token", payload).equals(bytes.subarray(0, 32)))
    return null
  const [role, name, via, expiresAt, serviceAccount] = JSON.parse(payload) as Payload
  return { role, name, via, expiresAt, ...(serviceAccount !== undefined && { serviceAccount }) }
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/NAME` */
export function sessionArn({ role, name }: Pick<Session, "role" | "name">): string {
  const [, , , , account, resource = ""] = role.split(":")
  return `arn:aws:sts::${account}:assumed-role/${resource.slice("role/".length)}/${name}`
}

function digest(label: string, text: string): Buffer {
  return createHmac("sha256", createHash("sha256").update(`${seed} ${label}`).digest())
    .update(text)
    .digest()
}

function base32(bytes: Buffer): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
  return [...bytes].map((byte) => letters[byte % 32]).join("")
}
