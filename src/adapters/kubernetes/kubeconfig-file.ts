import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, dirname, isAbsolute, join } from "node:path"
import { type Document, parseDocument } from "yaml"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { nameList, printable } from "../../core/text.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** A part of a kubeconfig as it stands there: nothing is known of it. */
export type Fields = Readonly<Record<string, unknown>>

/** One named entry, and the folder that relative paths in it start from. */
export interface Entry {
  readonly name: string
  readonly fields: Fields
  readonly file: string
}

/** Everything that the files say together; of two entries of one name, the first counts, as for kubectl. */
export interface Kubeconfig {
  readonly files: readonly string[]
  readonly currentContext: string | null
  readonly contexts: ReadonlyMap<string, Entry>
  readonly clusters: ReadonlyMap<string, Entry>
  readonly users: ReadonlyMap<string, Entry>
}

const maxAliases = 100

/**
 * Reads the files of `KUBECONFIG`, or `~/.kube/config` (Kubernetes documentation, "Organizing Cluster Access Using
 * kubeconfig Files"). A file of `KUBECONFIG` that is not there is passed over.
 *
 * @throws EnvsealError `KUBECONFIG_MALFORMED`.
 */
export function readKubeconfig(environment: Environment): Kubeconfig {
  const paths = (environment["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "")
  const files = paths.length > 0 ? paths : [join(environment["HOME"] || homedir(), ".kube/config")]
  const read = files.flatMap((file) => {
    const fields = readFile(file)
    return fields === null ? [] : [{ file, fields }]
  })
  if (read.length === 0) {
    throw new EnvsealError("KUBECONFIG_MALFORMED", `there is no kubeconfig at ${nameList(files)}`, {
      hint: "make one, such as by aws eks update-kubeconfig; or set cluster.eks in envseal.yaml, which needs none",
    })
  }
  const current = read.map(({ fields }) => textOf(fields, "current-context")).find((name) => name !== null)
  const merge = (list: string, part: string) =>
    new Map(
      read
        .flatMap(({ file, fields }) => entriesOf(file, fields, list, part))
        .reverse()
        .map((entry) => [entry.name, entry]),
    )
  return {
    files: read.map(({ file }) => file),
    currentContext: current ?? null,
    contexts: merge("contexts", "context"),
    clusters: merge("clusters", "cluster"),
    users: merge("users", "user"),
  }
}

function readFile(file: string): Fields | null {
  const text = readText(file)
  if (text === null) return null
  const document = parseDocument(text, { prettyErrors: true })
  const [fault] = document.errors
  if (fault !== undefined) {
    const place = fault.linePos === undefined ? "" : `:${fault.linePos[0].line}:${fault.linePos[0].col}`
    throw malformed(`${printable(file)}${place} is not YAML (${fault.code})`)
  }
  const value = plainValue(document, file)
  if (value === null) return {}
  if (!isFields(value)) throw malformed(`${printable(file)} is no kubeconfig`)
  return value
}

/** @throws EnvsealError for an anchor that is not there, or one that is used without measure. */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch {
    throw malformed(`${printable(file)} has an anchor that cannot be followed`)
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null
    throw malformed(`${printable(file)} cannot be read (${systemCode(error)})`)
  }
}

function entriesOf(file: string, fields: Fields, list: string, part: string): Entry[] {
  const all = fields[list]
  if (!Array.isArray(all)) return []
  return all.flatMap((entry: unknown) => {
    if (!isFields(entry)) return []
    const inner = entry[part]
    const name = textOf(entry, "name")
    return name === null ? [] : [{ name, file, fields: isFields(inner) ? inner : {} }]
  })
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** @returns `null` for what is not there, or is empty or no text. */
export function textOf(fields: Fields, name: string): string | null {
  const value = fields[name]
  return typeof value === "string" && value !== "" ? value : null
}

/** A path of an entry, from the folder of its file. */
export function pathIn({ file }: Entry, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path)
}

/** The text of an entry's member: given in base64, or in a file. The first counts, as for kubectl. */
export function materialOf(entry: Entry, name: string): string | null {
  const data = textOf(entry.fields, `${name}-data`)
  if (data !== null) return Buffer.from(data, "base64").toString("utf8")
  const path = textOf(entry.fields, name)
  if (path === null) return null
  const text = readText(pathIn(entry, path))
  if (text !== null) return text
  throw malformed(`${name} of ${printable(entry.name)} is ${printable(path)}, which does not exist`)
}

export function malformed(message: string, hint = "look at it: kubectl config view"): EnvsealError {
  return new EnvsealError("KUBECONFIG_MALFORMED", message, { hint })
}
