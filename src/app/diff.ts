import type { Secret } from "../core/secret.ts"
import { type Difference, diffEntries } from "../dotenv/diff.ts"
import { assemble } from "./assemble.ts"
import { open } from "./open.ts"
import type { Ports } from "./ports.ts"
import { sourceOf } from "./source.ts"

export interface DiffRequest {
  /** Each is the path of an envelope, or a source as `seal --from` takes it. */
  readonly before: string
  readonly after: string
  readonly identities: readonly string[]
  readonly nested: "refuse" | "json"
}

/** The names that differ between two sets of configuration, never their values. */
export async function diff(request: DiffRequest, ports: Ports): Promise<Difference[]> {
  const before = await valuesOf(request.before, request, ports)
  return diffEntries(before, await valuesOf(request.after, request, ports))
}

async function valuesOf(
  text: string,
  request: DiffRequest,
  ports: Ports,
): Promise<ReadonlyMap<string, Secret>> {
  const source = sourceOf(text)
  if (source === null) {
    const { values, claims } = await open({ in: text, expect: null, identities: request.identities }, ports)
    ports.talk.debug(`${text} was sealed at ${claims.provenance.sealedAt}`)
    return values
  }
  const { entries } = await assemble(
    { from: [source], require: null, setEnv: [], nested: request.nested },
    ports,
  )
  return new Map(entries.map((entry) => [entry.name, entry.value]))
}
