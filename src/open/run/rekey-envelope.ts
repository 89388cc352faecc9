import type { Claims } from "../../envelope/claims.ts"
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
  return { bytes: await sealEnvelope(sealing, ports.keyService), before: claims }
}
