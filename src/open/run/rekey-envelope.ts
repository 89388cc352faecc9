import type { Claims } from "../../envelope/claims.ts"
import { noPins, PinnedKeys } from "../../envelope/pinned-keys.ts"
import type { Recipient } from "../../envelope/recipient.ts"
import { sealEnvelope } from "../../envelope/seal.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { type OpenRequest, open } from "./open-envelope.ts"

export interface RekeyRequest extends OpenRequest {
  readonly recipients: readonly Recipient[]
  readonly armored: boolean
}

export interface Rekeyed {
  readonly bytes: Uint8Array
  readonly before: Claims
  /** The ARN of the key that each alias led to. */
  readonly unpinned: ReadonlyMap<string, string>
}

/**
 * Opens an envelope and seals the same text for other recipients, with a new file key. Context and provenance
 * stay as they were.
 */
export async function rekey(request: RekeyRequest, ports: Ports): Promise<Rekeyed> {
  const { text, claims } = await open(request, ports)
  const { context, provenance } = claims
  const { recipients, armored } = request
  const sealing = { text, context, provenance, recipients, armored }
  const keys = ports.keyService === null ? null : new PinnedKeys(ports.keyService, noPins)
  const bytes = await sealEnvelope(sealing, keys)
  return { bytes, before: claims, unpinned: keys?.unpinned ?? new Map() }
}
