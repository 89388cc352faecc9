import { randomBytes } from "node:crypto"
import { unauthorized } from "./api-error.ts"
import type { Authority, Credential } from "./certificate.ts"
import type { Clock } from "./clock.ts"
import type { ApiRequest } from "./request.ts"
import type { User } from "./setup.ts"
import { reviewToken } from "./token-review.ts"

/** Who sends a request, as the server sees it. */
export interface Identity {
  readonly name: string
  readonly groups: readonly string[]
}

export interface IssuedToken {
  readonly token: string
  /** Milliseconds since 1970; `null` when it does not expire. */
  readonly expiresAt: number | null
}

interface Grant {
  readonly user: string
  expiresAt: number | null
}

export const anonymous: Identity = { name: "system:anonymous", groups: ["system:unauthenticated"] }

/** Hands credentials out, and knows people by them. */
export class Authentication {
  readonly #users: Readonly<Record<string, User>>
  readonly #authority: Authority
  readonly #clock: Clock
  readonly #webhook: string | null
  readonly #tokens = new Map<string, Grant>()

  constructor(
    users: Readonly<Record<string, User>>,
    authority: Authority,
    clock: Clock,
    webhook: string | null,
  ) {
    this.#users = users
    this.#authority = authority
    this.#clock = clock
    this.#webhook = webhook
  }

  /** @throws Error for a user that there is not. */
  issueToken(user: string): IssuedToken {
    const { tokenMs } = this.#user(user)
    const token = `${user}-${randomBytes(24).toString("base64url")}`
    const expiresAt = tokenMs === undefined ? null : this.#clock.now() + tokenMs
    this.#tokens.set(token, { user, expiresAt })
    return { token, expiresAt }
  }

  /** From now on no token of the user is good that was handed out before. */
  expireTokens(user: string): void {
    this.#user(user)
    for (const grant of this.#tokens.values()) {
      if (grant.user === user) grant.expiresAt = this.#clock.now()
    }
  }

  /** @param validMs from now on; without it, for a day. @throws Error for a user that there is not. */
  issueCertificate(user: string, validMs?: number): Credential {
    const { groups = [] } = this.#user(user)
    return this.#authority.issue({ user, groups }, validMs)
  }

  /** @throws ApiError 401 for credentials that are not good. Without any it is somebody unknown. */
  async identify({ headers, certificate }: ApiRequest): Promise<Identity> {
    if (certificate !== null) {
      if (!certificate.trusted) throw unauthorized()
      return authenticated(certificate.user, certificate.groups)
    }
    const { authorization } = headers
    if (authorization === undefined) return anonymous
    const [, token] = /^Bearer (\S+)$/i.exec(authorization) ?? []
    if (token === undefined) throw unauthorized()
    return this.#byToken(token)
  }

  async #byToken(token: string): Promise<Identity> {
    const grant = this.#tokens.get(token)
    if (grant !== undefined) {
      if (grant.expiresAt !== null && grant.expiresAt <= this.#clock.now()) throw unauthorized()
      return authenticated(grant.user, this.#user(grant.user).groups ?? [])
    }
    const reviewed = this.#webhook === null ? null : await reviewToken(this.#webhook, token)
    if (reviewed === null) throw unauthorized()
    return authenticated(reviewed.name, reviewed.groups)
  }

  #user(name: string): User {
    const user = Object.hasOwn(this.#users, name) ? this.#users[name] : undefined
    if (user === undefined) throw new Error(`no user ${name}`)
    return user
  }
}

function authenticated(name: string, groups: readonly string[]): Identity {
  return { name, groups: [...new Set([...groups, "system:authenticated"])] }
}
