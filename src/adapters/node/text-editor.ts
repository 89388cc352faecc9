import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { detachedEnvironment } from "../../core/child-environment.ts"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printableCommand } from "../../core/text.ts"
import type { TextEditor } from "../../ports/text-editor.ts"
import { fileError } from "./error.ts"
import { type EndSignal, takeSignals } from "./interrupts.ts"
import { findProgram, notStarted } from "./program.ts"

/** An editor, and how it is started on a file. */
export interface EditorStart {
  /** For messages. */
  readonly name: string
  /** The program, and its arguments. */
  command(path: string, line: number | null): readonly string[]
  /** What it gets besides the variables of this process, less those that are secret. */
  readonly variables: Readonly<Record<string, string>>
}

/** Far more than a secret can be. */
const maxBytes = 1_048_576

/** How long an editor that was asked to end may take. */
const endMs = 2_000

/**
 * Edits in a file of a folder that only this user can look into.
 *
 * @param name of the file: its end tells an editor what it is.
 */
export function textEditorIn(folder: string, name: string, start: EditorStart): TextEditor {
  const path = join(folder, name)
  return {
    edit: async (bytes, line) => {
      place(path, bytes)
      const signal = await run(start, path, line)
      return signal === null ? { type: "text", bytes: take(path, start.name) } : { type: "ended", signal }
    },
  }
}

/** A new file, whatever an editor left there. */
function place(path: string, bytes: Uint8Array): void {
  try {
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, bytes, { flag: "wx", mode: 0o600 })
  } catch (error) {
    throw fileError("WRITE_FAILED", "write", path, error)
  }
}

/** @returns the signal that asked this process to end meanwhile. */
async function run(
  { name, command, variables }: EditorStart,
  path: string,
  line: number | null,
): Promise<EndSignal | null> {
  const [file = "", ...args] = command(path, line)
  const env = { ...detachedEnvironment(process.env), ...variables }
  let asked: EndSignal | null = null
  let late: NodeJS.Timeout | undefined
  let child: ChildProcess | undefined
  const release = takeSignals((signal) => {
    asked = signal
    // The terminal sends Ctrl-C to the editor too, which knows best what it means.
    if (signal === "SIGINT") return
    child?.kill("SIGTERM")
    late ??= setTimeout(() => child?.kill("SIGKILL"), endMs)
  })
  const start = () => {
    // Standard output may be a file. Where questions are asked is a terminal.
    child = spawn(file, args, { env, stdio: ["inherit", 2, "inherit"] })
    return child
  }
  try {
    const end = await endOf(file, start)
    if (asked !== null && asked !== "SIGINT") return asked
    if (asked !== null && end.signal === "SIGINT") return asked
    refuseFailure(name, end)
    return null
  } finally {
    clearTimeout(late)
    release()
  }
}

interface End {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** A runtime throws some of what the system says of a program, and tells the rest later. */
async function endOf(file: string, start: () => ChildProcess): Promise<End> {
  try {
    const child = start()
    return await new Promise((resolve, reject) => {
      child.once("error", reject)
      child.once("exit", (status, signal) => resolve({ status, signal }))
    })
  } catch (error) {
    throw unstarted(file, error)
  }
}

/** The system says of a script whose interpreter is missing that it is not there. So the file is looked at. */
function unstarted(file: string, cause: unknown): EnvsealError {
  const { code, message } = faultOf(file) ?? notStarted(file, cause)
  return new EnvsealError(code, message, { cause, hint: choose })
}

function faultOf(file: string): EnvsealError | null {
  try {
    findProgram([file], process.env["PATH"])
    return null
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
}

/** What a shell ends with for a command that it cannot run, or does not find. */
const shellStatus = { unusable: 126, absent: 127 } as const

function refuseFailure(name: string, { status, signal }: End): void {
  if (status === 0) return
  const shown = printableCommand(name)
  if (status === shellStatus.absent || status === shellStatus.unusable) {
    const code = status === shellStatus.absent ? "COMMAND_NOT_FOUND" : "COMMAND_NOT_EXECUTABLE"
    throw new EnvsealError(code, `the editor ${shown} could not be started`, { hint: choose })
  }
  const how = signal === null ? `with status ${status}` : `by ${signal}`
  throw failed(shown, `ended ${how}`)
}

const choose = "name another one in VISUAL or EDITOR"

function failed(editor: string, what: string): EnvsealError {
  return new EnvsealError("EDITOR_FAILED", `the editor ${editor} ${what}; nothing was changed`, {
    hint: `edit again, or ${choose}`,
  })
}

/** The file that it left, which may be another one of that name. Nothing else is read in its place. */
function take(path: string, name: string): Uint8Array {
  const editor = printableCommand(name)
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const what = systemCode(error) === "ENOENT" ? "left no file" : "left no file that can be read"
    throw failed(editor, what)
  }
  try {
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw failed(editor, "left no regular file")
    if (stats.size <= maxBytes) return readFileSync(descriptor)
    throw new EnvsealError("INPUT_TOO_LARGE", `the editor ${editor} left ${stats.size} bytes`, {
      hint: "a secret has at most 65536 bytes; nothing was changed",
    })
  } finally {
    closeSync(descriptor)
  }
}
