import { canonicalJson, type Json } from "../../../src/envelope/canonical-json.ts"
import { contextStanza } from "../../../src/envelope/claims.ts"
import type { Stanza } from "../../../src/envelope/header.ts"
import { alice } from "../../fake/keys.ts"

/** What a context stanza says, free to break any rule of it. */
export interface FreeClaims {
  readonly [name: string]: Json
  readonly context: Json
  readonly provenance: Json
  readonly recipients: Json
}

export const context = { app: "shop", environment: "production" }

export const provenance = {
  sealedAt: "2026-01-02T03:04:05.678Z",
  envseal: "0.1.0",
  names: 1,
  sources: [{ type: "env", name: "APP_SECRET" }],
}

/** Sound claims for one name and Alice, with some members replaced or added. */
export function claims(part: Readonly<Record<string, Json>> = {}): FreeClaims {
  return { context, provenance, recipients: [alice.recipient.text], ...part }
}

/** The context stanza for claims, or for text or bytes as its body. */
export function stanza(body: FreeClaims | string | Uint8Array, args: readonly string[] = ["v1"]): Stanza {
  if (body instanceof Uint8Array) return { type: contextStanza, args, body }
  return {
    type: contextStanza,
    args,
    body: Buffer.from(typeof body === "string" ? body : canonicalJson(body)),
  }
}
