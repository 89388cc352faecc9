import { makePrivateFolder } from "../../adapters/node/private-folder.ts"
import { nodeSurroundings } from "../../adapters/node/surroundings.ts"
import { textEditorIn } from "../../adapters/node/text-editor.ts"
import type { CommandLog } from "../../cli/log.ts"
import { EnvsealError } from "../../core/error.ts"
import { shellWord } from "../../core/shell.ts"
import { printableCommand } from "../../core/text.ts"
import type { TextEditor } from "../../ports/text-editor.ts"
import {
  type EditorKind,
  type EditorProgram,
  editorArguments,
  editorKind,
  editorProgram,
  editorVariables,
  staysInTerminal,
  traceLeft,
} from "../core/editor-program.ts"
import type { SheetFormat } from "../core/sheet.ts"

/** An editor that is there, with a private folder to edit in. */
export interface OpenedEditor {
  readonly editor: TextEditor
  /**
   * What to tell when the text comes back as it was, from an editor that may not have waited; `null` for one that
   * waits.
   */
  readonly comesBackAtOnce: string | null
  /** Removes the folder with all that the editor left. */
  close(): void
}

const shell = "/bin/sh"
const endings: Readonly<Record<SheetFormat, string>> = { dotenv: "env", json: "json" }

/**
 * Finds the editor, and makes a place for the text, before anything is read.
 *
 * @throws EnvsealError `COMMAND_NOT_FOUND` or `TARGET_UNSAFE`.
 */
export async function openEditor(
  environment: string,
  format: SheetFormat,
  log: CommandLog,
): Promise<OpenedEditor> {
  const program = editorProgram(process.env)
  const kind = kindOf(program, environment)
  const shown = printableCommand(program.name)
  const folder = await makePrivateFolder()
  if (!folder.inMemory)
    log.warn(`there is no file system in memory here: while you edit, the text is in ${folder.path}`)
  const trace = traceLeft(kind)
  if (trace !== null) log.warn(`${shown} ${trace}`)
  const editor = textEditorIn(folder.path, `${environment}.${endings[format]}`, {
    name: program.name,
    command: (path, line) => commandOf(program, kind, path, line),
    variables: editorVariables(kind, folder.path),
  })
  const waits = staysInTerminal(kind, nameOf(program.name))
  return {
    editor,
    comesBackAtOnce: waits
      ? null
      : `${shown} has to wait until the file is closed: a window often needs --wait for that`,
    close: folder.remove,
  }
}

function kindOf({ name, words }: EditorProgram, environment: string): EditorKind {
  const file = nodeSurroundings.program(name)
  if (file === null && words !== null) {
    throw new EnvsealError("COMMAND_NOT_FOUND", `there is no editor ${printableCommand(name)}`, {
      hint: `name one in VISUAL or EDITOR, such as: EDITOR=nano envseal secret edit ${shellWord(environment)}`,
    })
  }
  const target = file === null ? [] : [nameOf(nodeSurroundings.realPath(file))]
  return editorKind([...target, nameOf(name)])
}

function commandOf(
  { name, words, text }: EditorProgram,
  kind: EditorKind,
  path: string,
  line: number | null,
): readonly string[] {
  const more = editorArguments({ kind, name: nameOf(name), words: words ?? text.split(/\s+/) }, path, line)
  return words === null ? [shell, "-c", `${text} "$@"`, name, ...more] : [...words, ...more]
}

function nameOf(path: string): string {
  return path.split("/").at(-1) ?? path
}
