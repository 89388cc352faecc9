import { closest } from "../core/closest.ts"
import { EnvsealError } from "../core/error.ts"
import { isLikeName, nameList, printable } from "../core/text.ts"
import { crossFaults, resolveEnvironment } from "./environment.ts"
import { configMalformed, type Fault, placeText } from "./fault.ts"
import { faultsOfIssues, type IssueSubject } from "./issue.ts"
import { dataOf, type MapEntry, type MapNode, mergeNodes, nodeAt, type SettingNode } from "./node.ts"
import { environmentSchema, fileSchema, isDigits } from "./schema.ts"
import { knownSettings } from "./setting-names.ts"
import type { EnvironmentSettings } from "./settings.ts"
import { readYaml } from "./yaml.ts"

/** A settings file, all of which is right. */
export interface Config {
  /** What the file is called in messages. */
  readonly file: string
  readonly app: string
  /** In the order of the file; at least one. */
  readonly environments: ReadonlyMap<string, EnvironmentSettings>
}

const settings = knownSettings(fileSchema)

/**
 * Reads a settings file.
 *
 * @param file what it is called in messages.
 * @throws EnvsealError `CONFIG_MALFORMED` with every mistake as a problem, in the order of the file.
 */
export function parseConfig(text: string, file: string): Config {
  const { root, faults } = readYaml(text)
  if (root === null) throw configMalformed(file, faults)
  const whole: MapEntry = { keyPlace: root.place, node: root }
  const parsed = fileSchema.safeParse(dataOf(root, isDigits))
  const found = parsed.success
    ? []
    : faultsOfIssues(parsed.error.issues, { node: root, path: [], entry: whole, settings })
  const app = parsed.data?.app ?? "app"
  const environments = environmentEntries(root).map(([name, entry]) =>
    readEnvironment(name, { entry, defaults: nodeAt(root, ["defaults"]), app, file }),
  )
  const all = [...found, ...environments.flatMap((environment) => environment.faults)]
  if (all.length > 0) throw configMalformed(file, all)
  const read = environments.flatMap((environment) => environment.settings ?? [])
  return { file, app, environments: new Map(read.map((environment) => [environment.name, environment])) }
}

function environmentEntries(root: SettingNode): [string, MapEntry & { node: MapNode }][] {
  const environments = nodeAt(root, ["environments"])
  if (environments?.kind !== "map") return []
  return [...environments.entries].flatMap(([name, { node, keyPlace }]) =>
    node.kind === "map" ? [[name, { node, keyPlace }]] : [],
  )
}

interface Around {
  readonly entry: MapEntry & { readonly node: MapNode }
  readonly defaults: SettingNode | null
  readonly app: string
  readonly file: string
}

interface Reading {
  /** `null` when there are faults. */
  readonly settings: EnvironmentSettings | null
  readonly faults: readonly Fault[]
}

function readEnvironment(name: string, { entry, defaults, app, file }: Around): Reading {
  const node = defaults?.kind === "map" ? mergeNodes(withSections(defaults), entry.node) : entry.node
  const path = ["environments", name]
  const subject: IssueSubject = { node, path, entry: { ...entry, node }, settings }
  const parsed = environmentSchema.safeParse(dataOf(node, isDigits))
  if (!parsed.success) return { settings: null, faults: faultsOfIssues(parsed.error.issues, subject) }
  const place = placeText(file, entry.keyPlace)
  const resolved = resolveEnvironment(parsed.data, { name, app, place, places: placesOf(node, file) })
  const faults = crossFaults(resolved).map(({ path: at, reason }): Fault => {
    const found = nodeAt(node, at) ?? node
    return { code: "BAD_SETTING", place: found.place, reason: `${found.path.join(".")} ${reason}` }
  })
  return { settings: faults.length === 0 ? resolved : null, faults }
}

/** The short form of `require` as its long one, which an environment can add its exceptions to. */
function withSections(defaults: MapNode): MapNode {
  const require = defaults.entries.get("require")
  if (require?.node.kind !== "scalar") return defaults
  const { node, keyPlace } = require
  const file = { keyPlace, node }
  const long: MapNode = {
    kind: "map",
    entries: new Map([["file", file]]),
    place: node.place,
    path: node.path,
  }
  return { ...defaults, entries: new Map([...defaults.entries, ["require", { keyPlace, node: long }]]) }
}

/** Where each setting of an environment stands, by its path. */
function placesOf(node: SettingNode, file: string): Record<string, string> {
  return Object.fromEntries(
    [...walk(node, [])].map(([path, { place }]) => [path.join("."), placeText(file, place)]),
  )
}

function* walk(node: SettingNode, path: readonly string[]): Generator<[readonly string[], SettingNode]> {
  if (path.length > 0) yield [path, node]
  if (node.kind === "list")
    for (const [at, item] of node.items.entries()) yield* walk(item, [...path, `${at}`])
  if (node.kind === "map") {
    for (const [name, entry] of node.entries) yield* walk(entry.node, [...path, name])
  }
}

/**
 * One environment of a settings file.
 *
 * @throws EnvsealError `USAGE` when the file does not have it.
 */
export function environmentOf({ environments, file }: Config, name: string): EnvironmentSettings {
  const found = environments.get(name)
  if (found !== undefined) return found
  const names = [...environments.keys()]
  const [similar] = closest(name, names)
  const isShown = isLikeName(name) || similar !== undefined
  const shown = isShown ? `no environment ${printable(name)}` : "no such environment"
  throw new EnvsealError("USAGE", `${printable(file)} has ${shown}`, {
    hint: `${similar === undefined ? "" : `did you mean ${similar}? `}it has ${nameList(names)}`,
  })
}
