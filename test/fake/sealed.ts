import { Secret } from "../../src/core/secret.ts"
import type { Provenance } from "../../src/envelope/claims.ts"
import { type EnvelopeRequest, sealEnvelope } from "../../src/envelope/seal.ts"
import type { KeyService } from "../../src/ports/keys.ts"
import { alice } from "./keys.ts"

export const context = { app: "shop", environment: "production" }

export const provenance: Provenance = {
  sealedAt: "2026-01-02T03:04:05.678Z",
  envseal: "0.1.0",
  names: 1,
  sources: [{ type: "env", name: "APP_SECRET" }],
}

/** An envelope of one name, in armor, for Alice, unless said otherwise. */
export function sealed(
  part: Partial<Omit<EnvelopeRequest, "text">> & { text?: string } = {},
  keyService: KeyService | null = null,
): Promise<Uint8Array> {
  const { text = "APP_KEY=hunter2\n", ...rest } = part
  return sealEnvelope(
    {
      context,
      provenance,
      recipients: [alice.recipient],
      armored: true,
      ...rest,
      text: new Secret(text),
    },
    keyService,
  )
}
