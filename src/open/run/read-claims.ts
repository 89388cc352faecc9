import type { Claims } from "../../envelope/claims.ts"
import type { Envelope } from "../../envelope/open.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { readEnvelopeFile } from "./open-envelope.ts"

/** What an envelope says of itself, to anyone. Nothing of it is verified. */
export interface Inspection extends Claims {
  /** Types of all stanzas, in their order. */
  readonly stanzas: readonly string[]
  /** Size of the encrypted part, nonce and authentication tags included. */
  readonly payloadBytes: number
}

/** Reads an envelope's header without any key. */
export async function inspect(path: string, ports: Ports): Promise<Inspection> {
  return describeEnvelope(await readEnvelopeFile(path, ports))
}

export function describeEnvelope(envelope: Envelope): Inspection {
  return {
    ...envelope.claims,
    stanzas: envelope.stanzas.map((stanza) => stanza.type),
    payloadBytes: envelope.bytes.length - envelope.header.length,
  }
}
