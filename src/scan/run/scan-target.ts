import { EnvsealError } from "../../core/error.ts"
import { nameList, printable } from "../../core/text.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import type { ScanTargets } from "../../ports/scan-target.ts"
import { type AssembleRequest, assemble } from "../../seal/run/assemble.ts"
import { type Leak, placed } from "../core/finding.ts"
import { type ImageNames, type LayerName, nameImages } from "../core/image.ts"
import { LayerFiles } from "../core/kept-files.ts"
import { needlesOf, type Skipped } from "../core/needle.ts"
import type { TextRedactor } from "../core/redactor.ts"
import { SearchSet } from "../core/search-set.ts"
import { ImageSearch } from "./search.ts"
import type { StartDemands } from "./start.ts"

export interface ScanRequest {
  /** A tar, a folder, or `-` for a tar on standard input. */
  readonly target: string
  readonly secret: AssembleRequest
  /** Names that are not looked for. */
  readonly ignore: readonly string[]
  /** How many characters a value must have to be looked for. */
  readonly minLength: number
  /** The environment whose sealed file the image is to open when it starts; `null` or left out where nobody asks. */
  readonly opens?: StartDemands["settings"] | null
}

/** What was found, and what was looked for where. Safe to print: no field here can hold a value. */
export interface Scanned {
  readonly findings: readonly Leak[]
  /** How many finds there are beyond those in `findings`. */
  readonly more: number
  /** Names whose values were not looked for. */
  readonly skipped: readonly Skipped[]
  readonly searched: Searched
}

export interface Searched {
  readonly names: number
  readonly layers: number
  readonly files: number
  readonly bytes: number
}

/**
 * Looks for every value of a secret, in every spelling, all over an image. A find is an answer, not an error; that
 * nothing could be looked for or looked through is an error.
 */
export async function scan(request: ScanRequest, ports: Ports, targets: ScanTargets): Promise<Scanned> {
  const { target, secret, ignore, minLength, opens = null } = request
  if (target === "-" && secret.from.some(({ type }) => type === "stdin")) {
    throw new EnvsealError("USAGE", "standard input can be read only once", {
      hint: "give the image or the secret in another way, such as --from env:NAME",
    })
  }
  const { entries, sources } = await assemble(secret, ports)
  const needles = needlesOf(entries, { minLength, excuse: excuseFor(secret, ignore) })
  const { skipped } = needles
  warnOfUnknown(ignore, new Set(entries.map(({ name }) => name)), ports)
  if (needles.needles.length === 0) throw nothingToLookFor(skipped)
  const searchSet = new SearchSet(needles)
  const name = target === "-" ? "standard input" : printable(target)
  const kept = opens === null ? null : new LayerFiles()
  const search = new ImageSearch(name, searchSet, targets, redacted(ports.log, searchSet.redactor), kept)
  const names = await readAll(search, request, targets, searchSet.redactor, name)
  for (const absent of names.absent)
    ports.log.warn(`the image ${absent} is not in ${name}, and was not searched`)
  const starts: Leak[] = []
  if (opens !== null && kept !== null) {
    const { startFindings } = await import("./start.ts")
    starts.push(...startFindings(search.inventory, names, kept, { settings: opens, sources }, name))
  }
  const leaks = placed(search.sightings, names.layers, names.configs)
  return {
    findings: [...starts, ...leaks].map((one) => hide(one, searchSet.redactor)),
    more: search.seen - search.sightings.length,
    skipped,
    searched: {
      names: entries.length - skipped.length,
      layers: search.inventory.layers.size,
      files: search.files,
      bytes: search.bytes,
    },
  }
}

function excuseFor({ setEnv }: AssembleRequest, ignore: readonly string[]): (name: string) => string | null {
  return (name) => {
    if (ignore.includes(name)) return "is ignored (--ignore)"
    return setEnv.includes(name) ? "is not secret (--set-env)" : null
  }
}

function warnOfUnknown(ignore: readonly string[], names: ReadonlySet<string>, { log }: Ports): void {
  const unknown = ignore.filter((name) => !names.has(name))
  if (unknown.length > 0) log.warn(`--ignore names what is not in the secret: ${nameList(unknown)}`)
}

function nothingToLookFor(skipped: readonly Skipped[]): EnvsealError {
  return new EnvsealError("USAGE", "there is no value to look for: every one of them is skipped", {
    hint: `${nameList(skipped.map(({ name }) => name))}; see envseal scan --help for the rule, and --min-length`,
  })
}

async function readAll(
  search: ImageSearch,
  { target }: ScanRequest,
  targets: ScanTargets,
  redactor: TextRedactor,
  name: string,
): Promise<ImageNames> {
  try {
    await search.read(await targets.open(target))
    const names = nameImages(search.inventory, name)
    const { files, links, inventory } = search
    if (inventory.layers.size > 0 || (files + links > 0 && names.images === 0)) return names
    throw new EnvsealError(
      "IMAGE_MALFORMED",
      `${name} has ${names.images > 0 ? "no layer" : "no file"} to search`,
      {
        hint: "check that it is the right image or folder",
      },
    )
  } catch (error) {
    throw error instanceof EnvsealError ? veiledError(error, redactor) : error
  }
}

/** A message may name a path of the image, and a path may hold a value. */
function veiledError(error: EnvsealError, redactor: TextRedactor): EnvsealError {
  const { code, message, hint = "" } = error
  return new EnvsealError(code, redactor.show(message), hint === "" ? {} : { hint: redactor.show(hint) })
}

function redacted(log: Ports["log"], redactor: TextRedactor): Ports["log"] {
  return { warn: (text) => log.warn(redactor.show(text)), debug: (text) => log.debug(redactor.show(text)) }
}

function hide(finding: Leak, redactor: TextRedactor): Leak {
  const { found, layer, path, field } = finding
  return {
    ...finding,
    found: found.type === "start" ? { ...found, what: redactor.show(found.what) } : found,
    layer: layer === null ? null : hideLayer(layer, redactor),
    path: path === null ? null : redactor.show(path),
    field: field === null ? null : redactor.show(field),
  }
}

function hideLayer(layer: LayerName, redactor: TextRedactor): LayerName {
  return { ...layer, createdBy: layer.createdBy === null ? null : redactor.showStrictly(layer.createdBy) }
}
