import { generateKeyPairSync } from "node:crypto"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { KeyPair } from "./certificates.ts"

/** Who signs the tokens of service accounts, and with what. */
export interface AccountTokens {
  /** What the tokens say of it: a URL. */
  readonly issuer: string
  /** `certificate` is the public key alone. */
  readonly keys: KeyPair
}

/** Makes the keys of an issuer, as files of a folder. */
export async function writeAccountKeys(folder: string, issuer: string): Promise<AccountTokens> {
  const keys = { certificate: join(folder, "accounts.pub"), key: join(folder, "accounts.key") }
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  })
  await writeFile(keys.certificate, publicKey)
  await writeFile(keys.key, privateKey, { mode: 0o600 })
  return { issuer, keys }
}
