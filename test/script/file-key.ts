import { parseIdentities } from "../../src/envelope/identity.ts"
import { readEnvelope, unwrapFileKey } from "../../src/envelope/open.ts"
import { identity } from "./harness.ts"

/**
 * How the file key of an envelope could be written.
 *
 * @param envelope sealed for the {@link identity} of the tests, besides others.
 */
export async function fileKeySpellings(envelope: Uint8Array): Promise<readonly string[]> {
  const read = readEnvelope(envelope, "the envelope")
  const { identities } = parseIdentities(identity, "the identity")
  const key = Buffer.from(await unwrapFileKey(read, identities, read.claims.recipients))
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), key])
      .toString("base64")
      .slice(shift === 0 ? 0 : 4)
      // The last character has bits of what follows.
      .replace(/.=*$/, ""),
  )
  const url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))
  const numbers = [...key].join(",")
  return [
    key.toString("latin1"),
    key.toString("hex"),
    key.toString("hex").toUpperCase(),
    numbers,
    ...base64,
    ...url,
  ]
}
