import { EnvsealError } from "../../core/error.ts"
import { decodeUtf8, encodeUtf8, printable } from "../../core/text.ts"
import type { Change, PlaceState, WorkTree } from "../../ports/files.ts"
import { differenceOf, type NewFile } from "../core/file.ts"
import { withLineFeeds } from "../core/renewal.ts"

/** What is done with a file whose place has another one: written beside it, over it, not at all, or added to it. */
export type Decision = "beside" | "replace" | "keep" | "add"

/** A file whose place has another one. */
export interface Conflict {
  readonly path: string
  /** Where it would stand beside the other one. */
  readonly beside: string
  /** From the one that is there to the new one, as lines of a unified diff. */
  readonly difference: readonly string[]
  /** Whether nothing of the one that is there would be lost. */
  readonly onlyAdds: boolean
}

export type Decide = (conflict: Conflict) => Promise<Decision>

/** What became of a file. `unchanged` stood there already, to the byte. */
export interface Placed {
  readonly path: string
  readonly outcome: "written" | "unchanged" | "replaced" | "kept" | "beside" | "added"
  /** Where it is written beside the one that is there; `null` but for the outcome `beside`. */
  readonly beside: string | null
}

/** What is to be written, and what that makes of each file. */
export interface Placement {
  readonly placed: readonly Placed[]
  readonly changes: readonly Change[]
}

export interface PlacePorts {
  readonly tree: WorkTree
}

/** The answer where nobody can be asked. */
export const decideBeside: Decide = async () => "beside"

/**
 * Writes files into the user's repository, and none over another one that `decide` does not give up. Nothing is
 * asked before all places were looked at, and nothing written before all is decided.
 *
 * @throws EnvsealError `TARGET_UNSAFE` for a link or a folder in the way, `TARGET_EXISTS` when the place beside is
 * taken too, `WRITE_FAILED`. After any, nothing is written.
 */
export async function placeFiles(
  files: readonly NewFile[],
  ports: PlacePorts,
  decide: Decide,
): Promise<readonly Placed[]> {
  const { placed, changes } = await planFiles(files, ports, decide)
  if (changes.length > 0) await ports.tree.write(changes)
  return placed
}

/** Like {@link placeFiles}, and writes nothing. */
export async function planFiles(
  files: readonly NewFile[],
  { tree }: PlacePorts,
  decide: Decide,
): Promise<Placement> {
  const looked: { file: NewFile; standing: Free }[] = []
  for (const file of files) looked.push({ file, standing: await lookAt(file.path, tree) })
  const placed: Placed[] = []
  const changes: Change[] = []
  for (const { file, standing } of looked) {
    const outcome =
      isOfOther(file, placed) && standing.type === "nothing"
        ? "beside"
        : await outcomeFor(file, standing, decide)
    const beside = outcome === "beside" ? besideOf(file.path) : null
    placed.push({ path: file.path, outcome, beside })
    const writes = beside === null ? isWriting[outcome] : await isFreeBeside(file, tree)
    const replaces =
      (outcome === "replaced" || outcome === "added") && standing.type === "file" ? standing.bytes : null
    if (writes) changes.push(changeOf(file, beside ?? file.path, replaces))
  }
  return { placed, changes }
}

/** Whether the file that it is for is not ours. */
function isOfOther({ onlyWith }: NewFile, placed: readonly Placed[]): boolean {
  const other = placed.find(({ path }) => path === onlyWith)
  return other !== undefined && (other.outcome === "beside" || other.outcome === "kept")
}

const isWriting = {
  ...{ written: true, replaced: true, beside: true, added: true },
  ...{ kept: false, unchanged: false },
} as const

/** A place that has a file, or room for one. */
export type Free = Exclude<PlaceState, { type: "blocked" }>

const words = {
  folder: "it is a folder",
  link: "it is a symbolic link",
  file: "it is a file, not a folder",
  device: "it is not a regular file",
} as const

/**
 * What is at a place, where a file can be.
 *
 * @throws EnvsealError `TARGET_UNSAFE` for a link or a folder in the way.
 */
export async function lookAt(path: string, tree: WorkTree): Promise<Free> {
  const standing = await tree.look(path)
  if (standing.type !== "blocked") return standing
  const where = standing.path === path ? "" : `${printable(standing.path)}: `
  throw new EnvsealError(
    "TARGET_UNSAFE",
    `will not write ${printable(path)}: ${where}${words[standing.by]}`,
    {
      hint: `move ${printable(standing.path)} away, and run it again; nothing was written`,
    },
  )
}

const outcomes = { beside: "beside", replace: "replaced", keep: "kept", add: "added" } as const

async function outcomeFor(file: NewFile, standing: Free, decide: Decide): Promise<Placed["outcome"]> {
  if (standing.type === "nothing") return "written"
  if (isThere(standing.bytes, file)) return "unchanged"
  const difference = differenceFrom(standing.bytes, file)
  const { path, onlyAdds = false } = file
  const decision = await decide({ path, beside: besideOf(path), difference, onlyAdds })
  return outcomes[decision]
}

/** Whether it is the file, also as git writes it on Windows. A program with such line ends does not start. */
function isThere(bytes: Uint8Array, { text, executable }: NewFile): boolean {
  if (executable) return isSame(bytes, encodeUtf8(text))
  const before = decodeUtf8(bytes)
  return before !== null && withLineFeeds(before) === withLineFeeds(text)
}

function differenceFrom(before: Uint8Array, { path, text }: NewFile): readonly string[] {
  const old = decodeUtf8(before)
  return old === null ? [`${printable(path)} is not text`] : differenceOf(path, old, text)
}

/** Where a file stands beside the one that is in its place. */
export function besideOf(path: string): string {
  return `${path}.envseal`
}

/**
 * Whether a file is still to be written beside the one in its place: not when it stands there already.
 *
 * @throws EnvsealError `TARGET_EXISTS` when another one stands there, and what {@link lookAt} throws.
 */
export async function isFreeBeside(file: NewFile, tree: WorkTree): Promise<boolean> {
  const beside = besideOf(file.path)
  const standing = await lookAt(beside, tree)
  if (standing.type === "nothing") return true
  if (isThere(standing.bytes, file)) return false
  throw new EnvsealError("TARGET_EXISTS", `${printable(file.path)} and ${printable(beside)} are both there`, {
    hint: `put what you need of ${printable(beside)} into ${printable(file.path)}, remove it, and run it again; nothing was written`,
  })
}

function changeOf({ text, executable }: NewFile, path: string, replaces: Change["replaces"]): Change {
  return { path, bytes: encodeUtf8(text), executable, replaces }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
