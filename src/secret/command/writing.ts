import type { Command } from "commander"
import { addNestedOption } from "../../cli/options.ts"
import { EnvsealError } from "../../core/error.ts"
import { nameList } from "../../core/text.ts"
import type { SecretChange } from "../../dotenv/secret-document.ts"
import type { HeldVersion } from "../run/held-version.ts"
import type { EditorPorts } from "../run/ports.ts"
import type { PreparedChange } from "../run/prepare-change.ts"
import type { ResumedDraft } from "../run/resume-draft.ts"
import type { StoredVersion } from "../run/store-version.ts"
import { commandFor } from "../run/target.ts"
import { addYesOption, applyChange, untilInterrupted, type WriteOptions } from "./apply.ts"
import { addSecretSubcommand, type SecretSession, startSecret } from "./session.ts"

/** What every command takes that makes a new version. */
export interface MakeOptions extends WriteOptions {
  /** Id of a draft. */
  readonly resume?: string
}

/** What is to be done, by what is there now. */
export type Changes = (
  base: HeldVersion | null,
  session: SecretSession,
) => readonly SecretChange[] | Promise<readonly SecretChange[]>

interface Description {
  readonly description: string
  /** Whether the environment is its only argument. */
  readonly alone?: boolean
}

/** A command that changes the secret. */
export function addWriting(group: Command, name: string, description: Description): Command {
  return addNestedOption(addYesOption(addSecretSubcommand(group, name, description)))
}

/** A command that makes a new version, and goes on with one that was overtaken. */
export function addMaking(group: Command, name: string, description: Description): Command {
  return addWriting(group, name, description).option(
    "--resume <version>",
    "go on with a draft: do to the current version what the draft changed",
  )
}

/**
 * One change from what is read to what is stored.
 *
 * @param names that it is about; a draft that is gone on with has to have changed them.
 * @returns the exit status.
 */
export function change(
  environment: string,
  options: MakeOptions,
  { names, changesOf }: { readonly names: readonly string[]; readonly changesOf: Changes },
): Promise<number> {
  return untilInterrupted(options, async () => {
    const session = await startSecret(environment, options)
    const { ports, target } = session
    const [base, { prepareChange }] = await Promise.all([
      readWatched(session),
      import("../run/prepare-change.ts"),
    ])
    const draft = await draftOf(session, { base, names, options })
    const changes = draft === null ? await changesOf(base, session) : draft.changes
    const prepared = await prepareChange({ target, base, changes, nested: options.nested }, ports)
    return storePrepared(session, options, { prepared, draft })
  })
}

/** The current version, with a warning where the change before it was overwritten. */
export async function readWatched({ ports, target }: SecretSession): Promise<HeldVersion | null> {
  const [{ readCurrent }, { warnOfOverwriting }] = await Promise.all([
    import("../run/held-version.ts"),
    import("../run/watch-over.ts"),
  ])
  const base = await readCurrent(target.id, ports)
  await warnOfOverwriting(target.id, await ports.writer.versions(target.id), ports)
  return base
}

/**
 * The draft that is gone on with, and what others did meanwhile, told by name.
 *
 * @throws EnvsealError `SECRET_CHANGED` when both changed a name and nobody is asked.
 */
export async function draftOf(
  { log, ports, target }: SecretSession,
  {
    base,
    names,
    options,
  }: { readonly base: HeldVersion | null; readonly names: readonly string[]; readonly options: MakeOptions },
): Promise<ResumedDraft | null> {
  if (options.resume === undefined) return null
  const { resumeDraft } = await import("../run/resume-draft.ts")
  const draft = await resumeDraft(target, { versionId: options.resume, base, names }, ports)
  const { both, theirs } = draft
  if (theirs.length > 0) log.note(`changed by others since then, and kept: ${nameList(theirs, 10)}`)
  if (both.length === 0) return draft
  if (options.yes) {
    throw new EnvsealError("SECRET_CHANGED", `both changed ${nameList(both, 10)}, and nobody is asked`, {
      hint: `leave out --yes, or edit: ${commandFor(target, "edit")} --resume ${draft.versionId}`,
    })
  }
  log.warn(`both changed ${nameList(both, 10)}: yours would take the place of theirs`)
  return draft
}

/** Shows, asks and stores. @returns the exit status. */
export function storePrepared(
  session: SecretSession,
  options: WriteOptions,
  { prepared, draft }: { readonly prepared: PreparedChange; readonly draft: ResumedDraft | null },
): Promise<number> {
  return applyChange(session, options, prepared.differences, (watched) => store(prepared, draft, watched))
}

async function store(
  prepared: PreparedChange,
  draft: ResumedDraft | null,
  ports: EditorPorts,
): Promise<StoredVersion> {
  const { storeVersion } = await import("../run/store-version.ts")
  const stored = await storeVersion(prepared, ports)
  if (draft !== null) await (await import("../run/resume-draft.ts")).letGo(prepared.target, draft, ports)
  return stored
}
