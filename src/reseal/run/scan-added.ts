import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import type { Entry } from "../../dotenv/entry.ts"
import type { Log } from "../../ports/log.ts"
import type { Member, ScanTargets } from "../../ports/scan-target.ts"
import type { Found } from "../../scan/core/finding.ts"
import { defaultMinLength, needlesOf } from "../../scan/core/needle.ts"
import { SearchSet } from "../../scan/core/search-set.ts"
import { ImageSearch } from "../../scan/run/search.ts"

/** A part that is new in an image. */
export interface AddedPart {
  readonly digest: string
  readonly bytes: Uint8Array
}

/**
 * Looks for every value of the secret in what is added to the image, as `scan` does in all of it.
 *
 * @param open names whose values are not secret.
 * @throws EnvsealError `NOT_RESEALABLE` when there is one. It names no value.
 */
export async function scanAdded(
  parts: readonly AddedPart[],
  entries: readonly Entry[],
  open: readonly string[],
  { decompress, log }: Pick<ScanTargets, "decompress"> & { readonly log: Log },
): Promise<void> {
  const excuse = (name: string) => (open.includes(name) ? "is not secret (--set-env)" : null)
  const needles = needlesOf(entries, { minLength: defaultMinLength, excuse })
  const targets: ScanTargets = {
    open: async () => ({ type: "folder", members: membersOf(parts) }),
    decompress,
  }
  const search = new ImageSearch("the new image", new SearchSet(needles), targets, log)
  await search.read(await targets.open(""))
  log.debug(
    `looked for ${entries.length - needles.skipped.length} values in ${search.bytes} bytes that are added`,
  )
  const found = [...new Set(search.sightings.map((one) => wordsOf(one.found)))]
  if (found.length === 0) return
  const fields = search.sightings.flatMap(({ field }) => field ?? [])
  const where = fields.length === 0 ? "" : ` (${nameList([...new Set(fields)], 5)})`
  throw new EnvsealError("NOT_RESEALABLE", `what the image would hold in plain${where}: ${nameList(found)}`, {
    hint: "take it out of the Dockerfile and build the image again; change the values, because the image has them",
  })
}

function wordsOf(found: Found): string {
  return found.type === "value" ? found.name : found.what
}

/** As an OCI layout has them. */
async function* membersOf(parts: readonly AddedPart[]): AsyncGenerator<Member> {
  for (const { digest, bytes } of parts)
    yield {
      type: "file",
      path: `blobs/${digest.replace(":", "/")}`,
      link: "",
      texts: [],
      content: whole(bytes),
    }
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
