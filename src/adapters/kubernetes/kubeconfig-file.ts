import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, dirname, isAbsolute, join } from "node:path"
import { type Document, isNode, LineCounter, parseDocument } from "yaml"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { nameList, printable } from "../../core/text.ts"
import type { Environment } from "../../ports/runtime.ts"

/** A part of a kubeconfig as it stands there: nothing is known of it. */
export type Fields = Readonly<Record<string, unknown>>

/** One named entry, and where it stands. */
export interface KubeconfigEntry {
  readonly name: string
  readonly fields: Fields
  /** The folder of the file is where relative paths in the entry start from. */
  readonly file: string
  readonly line: number
}

/** Everything that the files say together; of two files that have an entry of one name, the first counts, as for kubectl. */
export interface Kubeconfig {
  readonly files: readonly string[]
  readonly currentContext: string | null
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>
  readonly users: ReadonlyMap<string, KubeconfigEntry>
}

/** One file. */
interface Part {
  readonly file: string
  readonly fields: Fields
  /** The line on which an item of a list stands. */
  readonly lineOf: (list: string, index: number) => number
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
  const parts = files.flatMap((file) => readPart(file) ?? [])
  if (parts.length === 0) {
    throw new EnvsealError("KUBECONFIG_MALFORMED", `there is no kubeconfig at ${nameList(files)}`, {
      hint: "make one, such as by aws eks update-kubeconfig; or set cluster.eks in envseal.yaml, which needs none",
    })
  }
  const current = parts.map(({ fields }) => textOf(fields, "current-context")).find((name) => name !== null)
  return {
    files: parts.map(({ file }) => file),
    currentContext: current ?? null,
    contexts: merged(parts, "contexts", "context"),
    clusters: merged(parts, "clusters", "cluster"),
    users: merged(parts, "users", "user"),
  }
}

/** @returns `null` when there is no such file. */
function readPart(file: string): Part | null {
  const text = readKubeconfigText(file)
  if (text === null) return null
  const lines = new LineCounter()
  // Its warnings go to standard error by themselves, and quote keys.
  const settings = { lineCounter: lines, prettyErrors: false, logLevel: "error", merge: true } as const
  const document = parseDocument(text, settings)
  const [fault] = document.errors
  if (fault !== undefined) {
    // Its message could quote a line, and any line can hold a key.
    const { line, col } = lines.linePos(fault.pos[0])
    throw kubeconfigMalformed(`${printable(file)}:${line}:${col} is not YAML (${fault.code})`)
  }
  const lineOf = (list: string, index: number) => {
    const node = document.getIn([list, index], true)
    return lines.linePos((isNode(node) ? node.range?.[0] : null) ?? 0).line
  }
  const value = plainValue(document, file)
  if (value === null) return { file, fields: {}, lineOf }
  if (!isFields(value)) throw kubeconfigMalformed(`${printable(file)} is no kubeconfig`)
  return { file, fields: value, lineOf }
}

/** @throws EnvsealError for an anchor that is not there, or one that is used without measure. */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch {
    throw kubeconfigMalformed(`${printable(file)} has an anchor that cannot be followed`)
  }
}

/** @returns `null` when there is no such file. */
export function readKubeconfigText(file: string): string | null {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null
    throw kubeconfigMalformed(`${printable(file)} cannot be read (${systemCode(error)})`)
  }
}

function merged(parts: readonly Part[], list: string, inner: string): ReadonlyMap<string, KubeconfigEntry> {
  const entries = parts.flatMap((part) => onceEach(entriesOf(part, list, inner), inner))
  return new Map(entries.reverse().map((entry) => [entry.name, entry]))
}

/**
 * As kubectl, which refuses a file that names two alike (client-go, `Convert_Slice_v1_NamedCluster_To_Map`): which of
 * them is meant, nobody can tell.
 */
function onceEach(entries: KubeconfigEntry[], kind: string): KubeconfigEntry[] {
  const first = new Map<string, KubeconfigEntry>()
  for (const entry of entries) {
    const { name } = entry
    const before = first.get(name)
    if (before !== undefined) {
      const what = `there is another ${kind} of the name ${printable(name)} at line ${before.line}`
      throw wrongEntry(entry, what, "remove one of them, or give it another name")
    }
    first.set(name, entry)
  }
  return entries
}

function entriesOf({ file, fields, lineOf }: Part, list: string, inner: string): KubeconfigEntry[] {
  const all = fields[list]
  if (!Array.isArray(all)) return []
  return all.flatMap((item: unknown, index) => {
    const name = isFields(item) ? textOf(item, "name") : null
    if (name === null || !isFields(item)) return []
    const found = item[inner]
    return [{ name, file, line: lineOf(list, index), fields: isFields(found) ? found : {} }]
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
export function pathIn({ file }: KubeconfigEntry, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path)
}

const look = "look at it: kubectl config view"

/** What is wrong with an entry, told with its place. */
export function wrongEntry({ file, line }: KubeconfigEntry, what: string, hint = look): EnvsealError {
  return kubeconfigMalformed(`${printable(file)}:${line}: ${what}`, hint)
}

export function kubeconfigMalformed(message: string, hint = look): EnvsealError {
  return new EnvsealError("KUBECONFIG_MALFORMED", message, { hint })
}
