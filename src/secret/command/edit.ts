import { constants } from "node:os"
import type { Command } from "commander"
import { canAsk, confirmed } from "../../cli/ask.ts"
import { answerIsNo, exitStatus } from "../../cli/exit.ts"
import { reportFailure } from "../../cli/failure.ts"
import type { Invocation } from "../../cli/invocation.ts"
import { say } from "../../cli/log.ts"
import { printJson } from "../../cli/output.ts"
import { EnvsealError } from "../../core/error.ts"
import type { SheetFormat } from "../core/sheet.ts"
import type { Edited, Persist } from "../run/edit-secret.ts"
import type { ResumedDraft } from "../run/resume-draft.ts"
import { untilInterrupted } from "./apply.ts"
import { openEditor } from "./editor.ts"
import { type SecretSession, startSecret } from "./session.ts"
import { addMaking, draftOf, type MakeOptions, readWatched, storePrepared } from "./writing.ts"

interface EditOptions extends MakeOptions {
  readonly format: SheetFormat
}

export function addEdit(group: Command, { outcome }: Invocation): void {
  const command = addMaking(group, "edit", {
    description: "edit the secret as a .env, in memory, with your editor",
    alone: true,
  })
  command
    .addOption(
      command
        .createOption("--format <format>", "edit a .env, or the JSON as it is stored")
        .choices(["dotenv", "json"])
        .default("dotenv"),
    )
    .addHelpText(
      "after",
      `
VISUAL or EDITOR names the editor, else it is vi. The file is in memory, and
gone afterwards. A mistake opens it again, with a comment at its line.

Examples:
  $ envseal secret edit production
  $ EDITOR=nano envseal secret edit production --format json`,
    )
    .action(async (environment: string, options: EditOptions) => {
      if (!canAsk()) {
        throw new EnvsealError("USAGE", "there is no terminal to edit on", {
          hint: "change single names with envseal secret set, or take over a file: envseal secret import",
        })
      }
      outcome.status = await untilInterrupted(options, () => edit(environment, options))
    })
}

async function edit(environment: string, options: EditOptions): Promise<number> {
  const session = await startSecret(environment, options)
  const { log, target } = session
  const persist: Persist = (work) => persistently(work, options)
  const { edited, draft } = await editOnce(session, options, persist)
  if (edited.type === "ended") {
    say(`ended by ${edited.signal}; nothing was changed`)
    return 128 + constants.signals[edited.signal]
  }
  if (edited.type !== "prepared") {
    log.note(
      `nothing was changed in ${target.id}: the text was ${edited.type === "emptied" ? "emptied" : "left as it was"}`,
    )
    if (options.json)
      printJson({ environment: target.settings.name, secret: target.id, changes: [], version: null })
    return edited.type === "emptied" ? answerIsNo : 0
  }
  const { change } = edited
  return persist(() => storePrepared(session, options, { prepared: change, draft }))
}

/** The text is out of the file system when this ends. */
async function editOnce(
  session: SecretSession,
  options: EditOptions,
  persist: Persist,
): Promise<{ readonly edited: Edited; readonly draft: ResumedDraft | null }> {
  const { log, ports, target } = session
  const { format, nested } = options
  const { editor, close, comesBackAtOnce } = await openEditor(target.settings.name, format, log)
  try {
    const base = await readWatched(session)
    const draft = await draftOf(session, { base, names: [], options: { ...options, yes: false } })
    const [{ firstText }, { requiredNames }, { editSecret }] = await Promise.all([
      import("../run/first-text.ts"),
      import("../run/required-names.ts"),
      import("../run/edit-secret.ts"),
    ])
    const required = await requiredNames(target, ports)
    const first = firstText(target, { base, draft, format, required })
    const edited = await editSecret({ target, base, first, format, nested }, ports, { editor, persist })
    if (edited.type === "unchanged" && comesBackAtOnce !== null) log.warn(comesBackAtOnce)
    return { edited, draft }
  } finally {
    close()
  }
}

/** What fails for a reason that may pass can be tried again, so that what was edited is not lost. */
async function persistently<T>(work: () => Promise<T>, { json = false }: EditOptions): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof EnvsealError) || !mayPass(error)) throw error
      reportFailure(error, json)
      if (!(await confirmed("Try again with what you have edited?"))) throw error
    }
  }
}

/** Rights, credentials, a network or a rotation: the one who edits can wait for it, or mend it elsewhere. */
function mayPass(error: EnvsealError): boolean {
  return [5, 7].includes(exitStatus(error)) && error.code !== "SECRET_CHANGED"
}
