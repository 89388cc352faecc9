import { parseConfig } from "../../config/load.ts"
import { decodeUtf8, encodeUtf8 } from "../../core/text.ts"
import type { Asker, Choice } from "../../ports/asker.ts"
import type { Change, WorkTree } from "../../ports/files.ts"
import { differenceOf, type NewFile, type NextStep } from "../core/file.ts"
import { firstTexts } from "../core/first-version.ts"
import { type Standing, shown, standingOf, type Updated, withLineFeeds } from "../core/renewal.ts"
import { besideOf, isFreeBeside, lookAt } from "./place-files.ts"
import { renewedFiles } from "./renewed-files.ts"
import { settingsText } from "./repository-file.ts"
import { type LookPorts, lookAround } from "./repository-look.ts"
import { updateNextSteps } from "./update-next-steps.ts"

export interface UpdatePorts extends LookPorts {
  /** `null` to ask nobody: what is as 0.1.0 wrote it is updated, and nothing else. */
  readonly asker: Asker | null
  /** Shows lines to the person who is asked. */
  readonly show: (lines: readonly string[]) => void
}

export interface UpdateResult {
  readonly updated: readonly Updated[]
  readonly next: readonly NextStep[]
}

/**
 * Brings the files of a repository that is set up already to what `envseal init` writes today. No file is written over
 * that somebody has changed, unless they say so for that file. All is written or nothing.
 *
 * @param dryRun write nothing.
 * @throws EnvsealError `CONFIG_MISSING`, `CONFIG_MALFORMED`, `TARGET_UNSAFE` for a link or a folder in the way,
 *   `TARGET_EXISTS` when the place beside is taken, and what the tree throws.
 */
export async function update(
  { dryRun }: { readonly dryRun: boolean },
  ports: UpdatePorts,
): Promise<UpdateResult> {
  const { tree } = ports
  const config = parseConfig(await settingsText("envseal.yaml", tree), "envseal.yaml")
  const around = await lookAround(ports)
  const { files, sites } = await renewedFiles(config, around, ports)
  const looked: Looked[] = []
  for (const file of files) {
    const place = await lookAt(file.path, tree)
    const bytes = place.type === "file" ? place.bytes : null
    const now = bytes === null ? null : (decodeUtf8(bytes) ?? "")
    const firsts = firstTexts(file.path, withLineFeeds(now ?? ""), sites)
    looked.push({ file, bytes, now, standing: standingOf(now, file, firsts) })
  }
  const updated: Updated[] = []
  const changes: Change[] = []
  for (const one of looked) {
    const decided = isLeftOut(one, updated) ? nothing : await decide(one, ports)
    updated.push({ ...told(one), outcome: decided.outcome })
    if (decided.change !== null) changes.push(decided.change)
  }
  if (!dryRun && changes.length > 0) await tree.write(changes)
  return { updated, next: updateNextSteps(config, sites, updated) }
}

interface Looked {
  readonly file: NewFile
  readonly bytes: Uint8Array | null
  /** `null` for nothing. */
  readonly now: string | null
  readonly standing: Standing
}

interface Decided {
  readonly outcome: Updated["outcome"]
  readonly change: Change | null
}

const nothing: Decided = { outcome: "kept", change: null }

/** A new file that is for another one is of no use beside an older one. */
function isLeftOut({ file, standing }: Looked, before: readonly Updated[]): boolean {
  const other = before.find(({ path }) => path === file.onlyWith)
  return standing.type === "new" && (other?.outcome === "kept" || other?.outcome === "beside")
}

async function decide(looked: Looked, { asker, show, tree }: UpdatePorts): Promise<Decided> {
  const { file, standing } = looked
  switch (standing.type) {
    case "gone":
      return { outcome: "gone", change: null }
    case "same":
      return { outcome: "unchanged", change: null }
    case "new":
      return { outcome: "written", change: changeTo(looked, file.text) }
    case "untouched":
    case "edited": {
      if (asker === null)
        return standing.type === "untouched"
          ? { outcome: "updated", change: changeTo(looked, file.text) }
          : nothing
      show(shown(told(looked)))
      return answered(looked, await asker.choose(question(looked), choicesFor(looked)), tree)
    }
  }
}

type Answer = "updated" | "merged" | "beside" | "kept" | "replaced"

function question({ file, standing }: Looked): string {
  return standing.type === "untouched"
    ? `${file.path} is as envseal 0.1.0 wrote it`
    : `${file.path} is yours, and differs`
}

function choicesFor({ file, standing }: Looked): readonly Choice<Answer>[] {
  const leave = { name: "leave it", value: "kept" } as const
  const beside = { name: `write ${besideOf(file.path)} beside it`, value: "beside" } as const
  if (standing.type === "untouched") return [{ name: "update it", value: "updated" }, leave, beside]
  const merge = { name: "update it, with what you have changed", value: "merged" } as const
  const isMergeable = standing.type === "edited" && standing.merged !== null
  return [...(isMergeable ? [merge] : []), leave, beside, { name: "replace it", value: "replaced" }]
}

async function answered(looked: Looked, answer: Answer, tree: WorkTree): Promise<Decided> {
  const { file, standing } = looked
  if (answer === "kept") return nothing
  if (answer === "beside") {
    const beside = { ...changeTo(looked, file.text), path: besideOf(file.path), replaces: null }
    return { outcome: answer, change: (await isFreeBeside(file, tree)) ? beside : null }
  }
  const merged = standing.type === "edited" && answer === "merged" ? standing.merged : null
  return { outcome: answer, change: changeTo(looked, merged ?? file.text) }
}

function changeTo({ file, bytes }: Looked, text: string): Change {
  return { path: file.path, bytes: encodeUtf8(text), executable: file.executable, replaces: bytes }
}

function told({ file, now, standing }: Looked): Omit<Updated, "outcome"> {
  const { path, text } = file
  const first = standing.type === "edited" ? standing.first : null
  const differs = standing.type === "edited" || standing.type === "untouched"
  return {
    path,
    standing: standing.type,
    yours: first === null || now === null ? [] : differenceOf(`${path} of 0.1.0`, first, now, path),
    difference: differs && now !== null ? differenceOf(path, now, text) : [],
  }
}
