import { EnvsealError, type Problem } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { count, decodeUtf8 } from "../../core/text.ts"
import { adviceOn } from "../../dotenv/advice.ts"
import { readDotenvSecret } from "../../dotenv/dotenv-secret.ts"
import type { Entry } from "../../dotenv/entry.ts"
import { nameProblem } from "../../dotenv/name.ts"
import type { Requirement } from "../../dotenv/requirement.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import { unfilledProblems } from "../../dotenv/unfilled.ts"
import { writeDotenv } from "../../dotenv/write.ts"
import type { SourceRecord } from "../../envelope/claims.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { adviceOnRequired, missingNames, readRequired } from "./required-names.ts"
import { asDotenv, readSource, readsStdin, readVariable, type Source, sourceName } from "./source.ts"

export interface AssembleRequest {
  /** Read in this order; a later source wins over an earlier one. */
  readonly from: readonly Source[]
  /** What must be present; `null` for no such check. */
  readonly require: Requirement | null
  /** Variables of the build, not secret, to copy under their own names. They win over every source. */
  readonly setEnv: readonly string[]
  readonly nested: "refuse" | "json"
  /** Names that are required and come from somewhere else. */
  readonly elsewhere?: readonly string[]
}

/** Configuration ready to be sealed: proven `.env` text, and how many names it has. */
export interface Assembled {
  readonly text: Secret
  readonly entries: readonly Entry[]
  readonly sources: readonly SourceRecord[]
}

/**
 * Everything that is checked before a secret is sealed: its text, its names, its values, what is required of
 * it, and that Laravel's reader gets every value back.
 *
 * @throws EnvsealError `SECRET_REFUSED` with every fault of every source at once, or why a source failed.
 */
export async function assemble(request: AssembleRequest, ports: Ports): Promise<Assembled> {
  if (request.from.length === 0) {
    throw new EnvsealError("USAGE", "there is no secret to read", {
      hint: "pass --from aws-sm:NAME, env:NAME, file:PATH, dotenv:PATH or -",
    })
  }
  if (request.from.filter(readsStdin).length > 1) {
    throw new EnvsealError("USAGE", "standard input can be read only once", {
      hint: "pass --from - or dotenv:- once",
    })
  }
  const merged = new Map<string, Entry>()
  const problems: Problem[] = []
  const sources: SourceRecord[] = []
  for (const source of request.from) {
    const { bytes, record } = await readSource(source, ports)
    sources.push(record)
    const read = readEntries(source, bytes, request.nested)
    problems.push(...read.problems)
    merge(merged, read.entries, sourceName(source), ports)
  }
  const copied = copyVariables(request.setEnv, ports)
  problems.push(...copied.problems)
  merge(merged, copied.entries, "--set-env", ports)
  const required = await readRequired(request.require, ports)
  if (required !== null) {
    const there = new Set([...merged.keys(), ...(request.elsewhere ?? [])])
    const refusedNames = new Set(problems.map(({ name }) => name))
    problems.push(...missingNames(required, there, refusedNames))
    for (const line of adviceOnRequired(required, ports)) ports.log.warn(line)
  }
  const entries = [...merged.values()]
  const written = writeDotenv(entries)
  const own = entries.filter(({ name }) => !request.setEnv.includes(name))
  problems.push(...written.problems, ...unfilledProblems(own, required?.wanted ?? new Set()))
  if (written.text === null || problems.length > 0) throw refused(problems, request.from)
  for (const line of adviceOn(entries, required)) ports.log.warn(line)
  return { text: new Secret(written.text), entries, sources }
}

function readEntries(source: Source, bytes: Uint8Array, nested: "refuse" | "json") {
  const name = sourceName(source)
  if (source.type === "dotenv") return readDotenvSecret(bytes, name)
  return readSecretJson(bytes, { source: name, nested, asDotenv: asDotenv(source) })
}

function refused(problems: readonly Problem[], from: readonly Source[]): EnvsealError {
  const names = new Set(problems.map((problem) => problem.name)).size
  const missing = problems.some(({ code }) => code === "MISSING_NAME")
  const nested = problems.some(({ code }) => code === "NESTED_VALUE")
  return new EnvsealError("SECRET_REFUSED", `${count(names, "name")} cannot be sealed`, {
    problems,
    hint: `correct these in ${placeOf(from)} and run again; nothing was written${missing ? "; what the app can do without is excepted in envseal.yaml (require.except)" : ""}${nested ? "; --nested json seals such a value as the text of its JSON" : ""}`,
  })
}

/** A file that somebody has at hand is named; several sources, and all that are none, are the secret. */
function placeOf([first, ...others]: readonly Source[]): string {
  const isFile = first !== undefined && (first.type === "file" || first.type === "dotenv")
  return isFile && others.length === 0 ? sourceName(first) : "the secret"
}

function merge(into: Map<string, Entry>, entries: readonly Entry[], from: string, ports: Ports): void {
  for (const entry of entries) {
    if (into.has(entry.name)) ports.log.warn(`${entry.name} is in several sources; the one in ${from} wins`)
    into.delete(entry.name)
    into.set(entry.name, entry)
  }
}

function copyVariables(names: readonly string[], ports: Ports): { entries: Entry[]; problems: Problem[] } {
  const entries: Entry[] = []
  const problems: Problem[] = []
  for (const name of new Set(names)) {
    const problem = nameProblem(name)
    const text = problem === null ? decodeUtf8(readVariable(name, ports)) : null
    if (text !== null) entries.push({ name, kind: "string", value: new Secret(text) })
    else problems.push(problem ?? { code: "UNREPRESENTABLE_VALUE", name, reason: "is not UTF-8" })
  }
  return { entries, problems }
}
