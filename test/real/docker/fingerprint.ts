import { createHmac } from "node:crypto"

/** What the example app's Fingerprint gives for a text, worked out from the secret. */
export function fingerprint(value: string, appKey: string): string {
  const serialized = `s:${Buffer.byteLength(value)}:"${value}";`
  return createHmac("sha256", appKey).update(serialized).digest("hex")
}

/** Those of a whole secret, by the names of the app's settings. */
export function fingerprints(secret: Readonly<Record<string, string>>): Record<string, string> {
  const appKey = secret["APP_KEY"] ?? ""
  return Object.fromEntries(
    Object.entries(secret).map(([name, value]) => [name.toLowerCase(), fingerprint(value, appKey)]),
  )
}
