import { EnvsealError, type ErrorCode } from "../../core/error.ts"
import { decodeUtf8, encodeUtf8 } from "../../core/text.ts"
import { readDotenvSecret } from "../../dotenv/dotenv-secret.ts"
import type { Entry } from "../../dotenv/entry.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import type { EditedText, TextEditor } from "../../ports/text-editor.ts"
import { type Contents, changesBetween } from "../core/changes.ts"
import {
  isEmptied,
  mistakeRemarks,
  parseableText,
  remarkedSheet,
  type Sheet,
  type SheetFormat,
} from "../core/sheet.ts"
import type { Nested } from "./check-change.ts"
import type { FirstText } from "./first-text.ts"
import type { HeldVersion } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import { type PreparedChange, prepareChange } from "./prepare-change.ts"
import type { ChosenSecret } from "./target.ts"

export interface EditRequest {
  readonly target: ChosenSecret
  /** What is edited; `null` for a secret without a value. */
  readonly base: HeldVersion | null
  readonly first: FirstText
  readonly format: SheetFormat
  readonly nested: Nested
}

/** Where an edit came to an end. */
export type Edited =
  | { readonly type: "prepared"; readonly change: PreparedChange }
  /** The text was left as it was, or emptied. */
  | { readonly type: "unchanged" | "emptied" }
  | Extract<EditedText, { type: "ended" }>

/** Whether to try again what failed for a reason that may pass, with the edit that would be lost. */
export type Persist = <T>(work: () => Promise<T>) => Promise<T>

/** What the person at the editor can mend. */
const mistakes: ReadonlySet<ErrorCode> = new Set([
  "DOTENV_MALFORMED",
  "SECRET_MALFORMED",
  "SECRET_REFUSED",
  "INPUT_TOO_LARGE",
])

/**
 * Lets a person edit the secret until what comes of it can be sealed, or they leave it as it is: then the last mistake
 * is thrown. A mistake is told as a comment at its line.
 *
 * @throws EnvsealError as `TextEditor.edit` and `prepareChange` do.
 */
export async function editSecret(
  request: EditRequest,
  ports: EditorPorts,
  { editor, persist }: { readonly editor: TextEditor; readonly persist: Persist },
): Promise<Edited> {
  const { format, first } = request
  let mistake: EnvsealError | null = null
  const top = topOf(request)
  let sheet = remarkedSheet(first.text.reveal(), format, { top, remarks: first.remarks, before: "" })
  let shown = encodeUtf8(sheet.text)
  for (;;) {
    const edited = await editor.edit(shown, sheet.line)
    if (edited.type === "ended") return edited
    const { bytes } = edited
    const isSame = Buffer.compare(bytes, shown) === 0
    if (isSame && mistake !== null) throw mistake
    if (isSame && !first.isChange) return { type: "unchanged" }
    const coding = decodeUtf8(bytes) === null ? "latin1" : "utf8"
    const text = Buffer.from(bytes).toString(coding)
    if (isEmptied(text, format)) return { type: "emptied" }
    try {
      return { type: "prepared", change: await persist(() => prepare(bytes, request, ports)) }
    } catch (error) {
      if (!(error instanceof EnvsealError) || !mistakes.has(error.code)) throw error
      mistake = error
      sheet = sheetWith(error, text, { request, top, before: sheet.text, coding })
      shown = Buffer.from(sheet.text, coding)
    }
  }
}

function topOf({ target, base, format }: EditRequest): readonly string[] {
  const { settings, id } = target
  return [
    `The secret ${id} of ${settings.name}, ${base === null ? "which has no value yet." : "at version"}`,
    ...(base === null ? [] : [`${base.versionId}.`]),
    format === "dotenv"
      ? "Read as Laravel reads a .env. Comments are not kept."
      : "One JSON object. These comments are not kept.",
    "You are asked before anything is stored. As it is, nothing changes.",
  ]
}

/** What messages call the text; the line is in the file. */
const source = "the text"

async function prepare(bytes: Uint8Array, request: EditRequest, ports: EditorPorts): Promise<PreparedChange> {
  const { target, base, format, nested } = request
  const changes = changesBetween(base, entriesOf(bytes, format, nested))
  return prepareChange({ target, base, changes, nested }, ports)
}

/** @throws EnvsealError for what is malformed, and for every name that may not be sealed. */
function entriesOf(bytes: Uint8Array, format: SheetFormat, nested: Nested): readonly Entry[] {
  const { entries, problems } = contentsOf(bytes, format, nested)
  if (problems.length === 0) return entries
  throw new EnvsealError("SECRET_REFUSED", "the text has names that cannot be sealed", { problems })
}

function contentsOf(bytes: Uint8Array, format: SheetFormat, nested: Nested): Contents {
  if (format === "dotenv") return readDotenvSecret(bytes, source)
  const text = decodeUtf8(bytes)
  const parseable = text === null ? bytes : encodeUtf8(parseableText(text, format))
  return readSecretJson(parseable, { source, nested })
}

/** The same text with what is wrong, and with the numbers that its lines have then. */
function sheetWith(
  error: EnvsealError,
  text: string,
  {
    request: { format, nested },
    top,
    before,
    coding,
  }: {
    readonly request: EditRequest
    readonly top: readonly string[]
    readonly before: string
    readonly coding: "utf8" | "latin1"
  },
): Sheet {
  const remarks = mistakeRemarks(error, text, format, source)
  const once = remarkedSheet(text, format, { top, remarks, before })
  const again = faultOf(Buffer.from(once.text, coding), format, nested) ?? error
  const numbered = mistakeRemarks(again, once.text, format, source)
  return remarkedSheet(once.text, format, { top, remarks: numbered, before: once.text })
}

function faultOf(bytes: Uint8Array, format: SheetFormat, nested: Nested): EnvsealError | null {
  try {
    entriesOf(bytes, format, nested)
    return null
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
}
