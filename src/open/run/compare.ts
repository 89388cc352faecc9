import type { Secret } from "../../core/secret.ts"
import { type Difference, diffEntries } from "../../dotenv/diff.ts"
import type { Context } from "../../envelope/context.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { assemble } from "../../seal/run/assemble.ts"
import { sourceOf } from "../../seal/run/source.ts"
import { open } from "./open-envelope.ts"

export interface DiffRequest {
  /** Each is the path of an envelope, or a source as `seal --from` takes it. */
  readonly before: string
  readonly after: string
  readonly identities: readonly string[]
  readonly kmsKeys: readonly string[] | null
  /** What each envelope must be for; `null` when the caller says nothing of it. */
  readonly expectBefore: Context | null
  readonly expectAfter: Context | null
  readonly nested: "refuse" | "json"
}

/** The names that differ between two sets of configuration, never their values. */
export async function diff(request: DiffRequest, ports: Ports): Promise<Difference[]> {
  const before = await valuesOf(request.before, request.expectBefore, request, ports)
  return diffEntries(before, await valuesOf(request.after, request.expectAfter, request, ports))
}

async function valuesOf(
  text: string,
  expect: Context | null,
  request: DiffRequest,
  ports: Ports,
): Promise<ReadonlyMap<string, Secret>> {
  const source = sourceOf(text)
  if (source === null) {
    const { identities, kmsKeys } = request
    const { values, claims } = await open({ in: text, expect, identities, kmsKeys }, ports)
    ports.log.debug(`${text} was sealed at ${claims.provenance.sealedAt}`)
    return values
  }
  const { entries } = await assemble(
    { from: [source], require: null, setEnv: [], nested: request.nested },
    ports,
  )
  return new Map(entries.map((entry) => [entry.name, entry.value]))
}
