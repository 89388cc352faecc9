import { EnvsealError } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { encodeUtf8 } from "../../core/text.ts"
import type { Entry } from "../../dotenv/entry.ts"
import { lineOfName } from "../../dotenv/name-line.ts"
import { changeSecret, spreadSecret } from "../../dotenv/secret-document.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import { writeDotenv } from "../../dotenv/write.ts"
import type { Contents } from "../core/changes.ts"
import type { Remark, SheetFormat } from "../core/sheet.ts"
import { type HeldVersion, holdsNothing } from "./held-version.ts"
import type { ResumedDraft } from "./resume-draft.ts"
import { type ChosenSecret, commandFor } from "./target.ts"

/** What is given to the editor first. */
export interface FirstText {
  readonly text: Secret
  readonly remarks: readonly Remark[]
  /** Whether it is another one than the current version already. */
  readonly isChange: boolean
}

/**
 * The current version as a text to edit, with what a draft changed where one is gone on with. Of a secret without any
 * name, it is the required ones without values.
 *
 * @param required names that the secret must have.
 * @throws EnvsealError `SECRET_REFUSED` for what no `.env` can carry.
 */
export function firstText(
  target: ChosenSecret,
  {
    base,
    draft,
    format,
    required = [],
  }: {
    readonly base: HeldVersion | null
    readonly draft: ResumedDraft | null
    readonly required?: readonly string[]
    readonly format: SheetFormat
  },
): FirstText {
  if (draft === null && (base?.entries ?? []).length + (base?.problems ?? []).length === 0)
    return unfilledText(required, format)
  const json = draft === null ? (base?.text ?? null) : changeSecret(base?.text ?? null, draft.changes)
  const text = format === "json" ? spreadSecret(json) : dotenvOf(json, target)
  const remarks = (draft?.both ?? []).map((name): Remark => {
    const theirs = base?.entries.find((entry) => entry.name === name)
    const line = lineOfName(text.reveal(), format, name)
    const what = line === null ? "you took it out" : "this is yours"
    const other = theirs === undefined ? "they took it out" : "theirs is current"
    return {
      ...{ line, text: `both changed ${name}: ${what}, and ${other}` },
      ...(theirs === undefined || format === "json" ? {} : { quoted: lineOf(theirs) }),
    }
  })
  return { text, remarks, isChange: draft !== null }
}

function unfilledText(names: readonly string[], format: SheetFormat): FirstText {
  const entries = names.map((name): Entry => ({ name, kind: "string", value: new Secret("") }))
  const text =
    format === "json"
      ? spreadSecret(
          changeSecret(
            null,
            entries.map((entry) => ({ type: "set", entry })),
          ),
        )
      : new Secret(writeDotenv(entries).text ?? "")
  const told = "What envseal.yaml requires stands below, without values. Take out what is to have none."
  return { text, remarks: names.length === 0 ? [] : [{ line: null, text: told }], isChange: false }
}

function dotenvOf(json: Secret | null, target: ChosenSecret): Secret {
  const { entries, problems } = contentsOf(json)
  const written = writeDotenv(entries)
  if (written.text !== null && problems.length === 0) return new Secret(written.text)
  throw new EnvsealError("SECRET_REFUSED", `the secret ${target.id} has names that no .env can carry`, {
    problems: [...problems, ...written.problems],
    hint: `edit it as JSON: ${commandFor(target, "edit")} --format json`,
  })
}

function contentsOf(json: Secret | null): Contents {
  const text = json?.reveal() ?? "{}"
  if (holdsNothing(text)) return { entries: [], problems: [] }
  return readSecretJson(encodeUtf8(text), { source: "the secret", nested: "json" })
}

function lineOf(entry: Entry): Secret {
  return new Secret(writeDotenv([entry]).text?.trimEnd() ?? "")
}
