import { Secret } from "../../core/secret.ts"
import { generateIdentity, recipientOf } from "../../envelope/identity.ts"
import type { Ports } from "../../ports/envelope-ports.ts"

/** A new identity as the text of an identity file, and its public half. */
export interface Keygen {
  readonly text: Secret
  readonly recipient: string
}

/** Makes an identity file in the form that age-keygen writes, so that age and envseal both read it. */
export async function keygen(options: { readonly postQuantum: boolean }, ports: Ports): Promise<Keygen> {
  const identity = await generateIdentity(options)
  const recipient = await recipientOf(identity)
  const created = ports.clock
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
  const text = `# created: ${created}\n# public key: ${recipient}\n${identity.key.reveal()}\n`
  return { text: new Secret(text), recipient }
}
