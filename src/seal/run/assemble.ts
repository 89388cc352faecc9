import { EnvsealError, type Problem } from "../../core/error.ts"
import { Secret } from "../../core/secret.ts"
import { count, decodeUtf8, nameList, printable } from "../../core/text.ts"
import { adviceOn, type Example } from "../../dotenv/advice.ts"
import { readDotenvSecret } from "../../dotenv/dotenv-secret.ts"
import type { Entry } from "../../dotenv/entry.ts"
import { readExample } from "../../dotenv/example.ts"
import { nameProblem } from "../../dotenv/name.ts"
import { readSecretJson } from "../../dotenv/secret-json.ts"
import { writeDotenv } from "../../dotenv/write.ts"
import type { SourceRecord } from "../../envelope/claims.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { asDotenv, readSource, readsStdin, readVariable, type Source, sourceName } from "./source.ts"

export interface AssembleRequest {
  /** Read in this order; a later source wins over an earlier one. */
  readonly from: readonly Source[]
  /** Path of an example file whose every name must be present; `null` for no such check. */
  readonly require: string | null
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

const maxExampleBytes = 1_048_576

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
  const example = await readRequired(request.require, ports)
  if (example !== null) {
    const there = new Set([...merged.keys(), ...(request.elsewhere ?? [])])
    problems.push(...missingNames(example, there, problems, ports))
  }
  const entries = [...merged.values()]
  const written = writeDotenv(entries)
  problems.push(...written.problems)
  if (written.text === null || problems.length > 0) throw refused(problems)
  for (const line of adviceOn(entries, example)) ports.log.warn(line)
  return { text: new Secret(written.text), entries, sources }
}

function readEntries(source: Source, bytes: Uint8Array, nested: "refuse" | "json") {
  const name = sourceName(source)
  if (source.type === "dotenv") return readDotenvSecret(bytes, name)
  return readSecretJson(bytes, { source: name, nested, asDotenv: asDotenv(source) })
}

function refused(problems: readonly Problem[]): EnvsealError {
  const names = new Set(problems.map((problem) => problem.name)).size
  const nested = problems.some(({ code }) => code === "NESTED_VALUE")
  return new EnvsealError("SECRET_REFUSED", `${count(names, "name")} cannot be sealed`, {
    problems,
    hint: `correct these in the secret and run again; nothing was written${nested ? "; --nested json seals such a value as the text of its JSON" : ""}`,
  })
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

async function readRequired(path: string | null, ports: Ports): Promise<Example | null> {
  if (path === null) return null
  const shown = printable(path)
  return { path: shown, values: readExample(await ports.files.read(path, maxExampleBytes), shown) }
}

/** Names that no envelope may hold are not asked for: nothing that a person writes into the secret would do. */
function missingNames(
  { path, values }: Example,
  there: ReadonlySet<string>,
  problems: readonly Problem[],
  ports: Ports,
): Problem[] {
  const impossible = [...values.keys()].filter((name) => nameProblem(name) !== null)
  if (impossible.length > 0) {
    ports.log.warn(
      `not required of the secret, because no envelope may hold it: ${nameList(impossible, 10)} (${path})`,
    )
  }
  const refusedNames = new Set([...impossible, ...problems.map((problem) => problem.name)])
  return [...values.keys()]
    .filter((name) => !there.has(name) && !refusedNames.has(name))
    .map((name) => ({ code: "MISSING_NAME", name, reason: `is required by ${path} and is not there` }))
}
