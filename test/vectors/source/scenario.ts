import { createHash } from "node:crypto"
import type { Stanza } from "../../../src/envelope/header.ts"
import { alice } from "../../fake/keys.ts"
import { claims, type FreeClaims, stanza } from "./claims.ts"
import { armored, bytesOf, forge } from "./forge.ts"
import type { Outcome, Vector } from "./vector.ts"

/** How one vector is made. */
export interface Scenario {
  /** The rule under test; the name of the file. */
  readonly name: string
  readonly make: () => Promise<Vector>
}

export interface Plan {
  readonly expect: Outcome
  readonly comment: string
  /** Lines of the identity file; Alice's when not given. */
  readonly identities?: readonly string[]
  /** What the caller expects. */
  readonly context?: string
  /** The `.env`. */
  readonly text?: string | Uint8Array
  readonly stanzas?: readonly (Stanza | string)[]
  /** Changes the binary file after it was sealed. */
  readonly edit?: (file: string) => string
  /** How the binary file is put down; in armor when not given. */
  readonly wrap?: (file: string) => Uint8Array
}

export const forAlice = alice.recipient.text
/** A context stanza that breaks no rule. */
export const sound = stanza(claims())
/** A stanza that no reader knows. */
export const grease: Stanza = {
  type: "example.com/grease",
  args: ["a", "b"],
  body: Buffer.from("unknown to envseal"),
}

/** A vector that is sound but for what the plan says. */
export function scenario(name: string, plan: Plan): Scenario {
  return { name, make: () => carryOut(plan) }
}

async function carryOut(plan: Plan): Promise<Vector> {
  const payload = Buffer.from(plan.text ?? "APP_KEY=hunter2\n")
  const file = await forge(plan.stanzas ?? [sound, forAlice], payload)
  const edited = plan.edit === undefined ? file : plan.edit(file)
  return {
    expect: plan.expect,
    comment: plan.comment,
    identities: plan.identities ?? [alice.line],
    context: plan.context ?? null,
    payload: plan.expect === "success" ? createHash("sha256").update(payload).digest("hex") : null,
    file: plan.wrap === undefined ? bytesOf(armored(edited)) : plan.wrap(edited),
  }
}

/** The part of a plan that is about what its context stanza says. */
export function saying(body: FreeClaims | string | Uint8Array): Pick<Plan, "stanzas"> {
  return { stanzas: [stanza(body), forAlice] }
}
