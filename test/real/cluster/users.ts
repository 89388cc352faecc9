import { randomBytes } from "node:crypto"
import { join } from "node:path"
import type { Authority, KeyPair } from "./certificates.ts"
import { type Credential, type Endpoint, writeKubeconfig } from "./kubeconfig.ts"

/** The names of users and the groups they belong to. */
export type Groups = Readonly<Record<string, readonly string[]>>

/** Who can prove to the API server who they are: by a bearer token, or by a client certificate. */
export class Users {
  readonly #folder: string
  readonly #authority: Authority
  readonly #groups: Groups
  readonly #tokens: ReadonlyMap<string, string>
  #files = 0

  /** @param groups of everybody who has a token. */
  constructor(folder: string, authority: Authority, groups: Groups) {
    this.#folder = folder
    this.#authority = authority
    this.#groups = groups
    this.#tokens = new Map(Object.keys(groups).map((user) => [user, randomBytes(24).toString("hex")]))
  }

  /** @throws Error when the user was not named at the start. */
  token(user: string): string {
    const token = this.#tokens.get(user)
    if (token === undefined) throw new Error(`${user} has no token`)
    return token
  }

  /** The content of the API server's `--token-auth-file`. */
  tokenFile(): string {
    const rows = [...this.#tokens].map(([user, token]) => {
      const groups = this.#groups[user] ?? []
      return [token, user, user, ...(groups.length === 0 ? [] : [`"${groups.join(",")}"`])].join(",")
    })
    return rows.map((row) => `${row}\n`).join("")
  }

  /** Signs a new certificate. */
  certificate(user: string, groups: readonly string[]): Promise<KeyPair> {
    this.#files += 1
    return this.#authority.client(`client-${this.#files}`, { user, groups })
  }

  /** @returns the path of a new kubeconfig. */
  async kubeconfig(endpoint: Endpoint, credential: Credential): Promise<string> {
    this.#files += 1
    const path = join(this.#folder, `kubeconfig-${this.#files}.json`)
    await writeKubeconfig(path, endpoint, credential)
    return path
  }
}
