import { Decrypter } from "age-encryption"
import type { AgeFile } from "./header.ts"
import type { Identity } from "./identity.ts"
import { hasLowOrderShare } from "./low-order.ts"
import { lowOrderShare, tampered } from "./refusal.ts"
import { turn } from "./turn.ts"

/**
 * The file key by a post-quantum identity, with the header's MAC checked under it. Loaded only for such an identity:
 * post-quantum code is large.
 *
 * @returns `null` when no stanza is for this identity.
 * @throws EnvsealError `TAMPERED`, or `HEADER_MALFORMED` for a share of low order.
 */
export async function unwrapHybrid(file: AgeFile, identity: Identity): Promise<Uint8Array | null> {
  await turn()
  const decrypter = new Decrypter()
  let noStanzaMatched = false
  decrypter.addIdentity(identity.key.reveal())
  // Asked only after the identity before it found nothing, which tells that case from the others below.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      noStanzaMatched = true
      return null
    },
  })
  try {
    return await decrypter.decryptHeader(file.header)
  } catch (cause) {
    if (noStanzaMatched) return null
    if (file.stanzas.some(hasLowOrderShare)) lowOrderShare(file, cause)
    tampered(file, "its header does not match its MAC", cause)
  }
}
