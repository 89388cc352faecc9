import { EnvsealError } from "../../core/error.ts"
import type { SecretChange } from "../../dotenv/secret-document.ts"
import { assemble } from "../../seal/run/assemble.ts"
import type { Source } from "../../seal/run/source.ts"
import { changesBetween } from "../core/changes.ts"
import type { Nested } from "./check-change.ts"
import type { HeldVersion } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"

export interface ImportRules {
  /** Whether names that the source does not have are taken out. */
  readonly replace: boolean
  readonly nested: Nested
}

/** What it takes to have all of a source in the secret. @throws EnvsealError as `seal` does for the source. */
export async function importChanges(
  source: Source,
  base: HeldVersion | null,
  { replace, nested }: ImportRules,
  { sealing }: Pick<EditorPorts, "sealing">,
): Promise<readonly SecretChange[]> {
  // What deserves a look is told of the whole, once it is put together.
  const quiet = { ...sealing, log: { ...sealing.log, warn: () => {} } }
  const { entries } = await assemble({ from: [source], require: null, setEnv: [], nested }, quiet)
  if (entries.length === 0) throw new EnvsealError("USAGE", "the source has no names")
  const changes = changesBetween(base, entries)
  return replace ? changes : changes.filter(({ type }) => type !== "unset")
}
