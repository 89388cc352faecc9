import { version } from "../../core/version.ts"
import type { Provenance } from "../../envelope/claims.ts"
import type { Context } from "../../envelope/context.ts"
import { type KeyPins, PinnedKeys } from "../../envelope/pinned-keys.ts"
import type { Recipient } from "../../envelope/recipient.ts"
import { sealEnvelope } from "../../envelope/seal.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { type Assembled, type AssembleRequest, assemble } from "./assemble.ts"

export interface SealRequest extends AssembleRequest {
  readonly recipients: readonly Recipient[]
  readonly context: Context
  readonly armored: boolean
  /** What KMS's answers are held against. */
  readonly pins: KeyPins
  /** What the build says of itself. */
  readonly build: { readonly buildId?: string; readonly commit?: string }
}

export interface Sealed {
  readonly bytes: Uint8Array
  readonly provenance: Provenance
  /** The ARN of the key that each alias led to, of those that no pin held. */
  readonly unpinned: ReadonlyMap<string, string>
}

/**
 * Turns a secret into an envelope in memory. Writing it is the caller's last step, so that a failure before
 * leaves nothing.
 */
export async function seal(request: SealRequest, ports: Ports): Promise<Sealed> {
  return sealAssembled(await assemble(request, ports), request, ports)
}

/** The same for a secret that was read and checked before. */
export async function sealAssembled(
  { text, entries, sources }: Assembled,
  request: Omit<SealRequest, keyof AssembleRequest>,
  ports: Ports,
): Promise<Sealed> {
  warnAboutRecipients(request, ports)
  const provenance: Provenance = {
    sealedAt: ports.clock.now().toISOString(),
    envseal: version,
    names: entries.length,
    sources,
    ...request.build,
  }
  const { context, recipients, armored } = request
  const sealing = { text, context, provenance, recipients, armored }
  const keys = ports.keyService === null ? null : new PinnedKeys(ports.keyService, request.pins)
  const bytes = await sealEnvelope(sealing, keys)
  return { bytes, provenance, unpinned: keys?.unpinned ?? new Map() }
}

function warnAboutRecipients(
  { recipients, context }: Pick<SealRequest, "recipients" | "context">,
  ports: Ports,
): void {
  if (Object.keys(context).length === 0) {
    ports.log.warn("sealed without --context: open cannot tell which app and environment it is for")
  }
  const age = recipients.filter((recipient) => recipient.type === "age")
  const postQuantum = age.filter((recipient) => recipient.postQuantum).length
  if (postQuantum > 0 && postQuantum < age.length) {
    ports.log.warn("an age1… recipient beside age1pq1… ends its protection against quantum computers")
  }
}
