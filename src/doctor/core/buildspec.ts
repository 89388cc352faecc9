import { placeText } from "../../config/fault.ts"
import { dataOf, nodeAt, type SettingNode } from "../../config/node.ts"
import { readYaml } from "../../config/yaml.ts"
import { carrierVariable } from "../../core/build.ts"
import { nameList } from "../../core/text.ts"
import { carrierIn, isUndecided, undecidedCarrier } from "./carrier.ts"
import { type DockerBuild, dockerBuildIn } from "./docker-build.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { advice, edit, type Remedy } from "./remedy.ts"

/** What the buildspec is judged by. */
export interface BuildspecDemands {
  /** Whether CodeBuild builds at all: an environment may get its images from another CI. */
  readonly builds: boolean
  /** Names of the environments that are built. */
  readonly environments: readonly string[]
  /** Variables that a deploy gives to the build, which go before those of the buildspec. */
  readonly given: readonly string[]
  /** Names or ARNs of the app's secrets. */
  readonly secrets: readonly string[]
  /** The variables that a deploy reads the image from. */
  readonly variables: readonly string[]
}

interface Fault {
  readonly text: string
  readonly remedy: Remedy
}

const subject = of("buildspec")

/**
 * Whether the build seals, tells the image, and keeps the secret out of its variables.
 *
 * @param text `null` when there is none.
 */
export function judgeBuildspec(text: string | null, file: string, demands: BuildspecDemands): Finding {
  if (text === null && !demands.builds)
    return unchecked(subject, "there is none, and build is not in envseal.yaml: another CI builds the image")
  if (text === null)
    return no(subject, "there is none", advice("write one: envseal init, or docs/container.md"))
  const { root, faults } = readYaml(text)
  const [first] = faults
  if (root === null) {
    const where = first === undefined ? file : placeText(file, first.place)
    return no(subject, `${where} ${first?.reason ?? "cannot be read"}`, advice(`correct ${where}`))
  }
  const found = [
    ...sealing(root, file),
    ...demands.variables.flatMap((variable) => exporting(root, file, variable)),
    ...leaking(root, file, demands.secrets),
    ...refusing(root, file, demands.environments),
  ]
  if (found.length === 0) return judgeOwnCarrier(root, file, demands.given)
  return no(subject, found.map((fault) => fault.text).join("; "), ...found.map(({ remedy }) => remedy))
}

/** Offline nobody knows whether the project has another carrier, which would go before that of the buildspec. */
function judgeOwnCarrier(root: SettingNode, file: string, given: readonly string[]): Finding {
  const carrier = carrierIn(root, file)
  if (carrier === null || given.includes(carrierVariable) || !isUndecided(carrier.image))
    return ok(subject, file)
  return unchecked(
    subject,
    `${undecidedCarrier}, at ${carrier.where}; only the CodeBuild project tells whether it sets another: envseal doctor`,
  )
}

/** How the image is built, as far as a buildspec says it; `null` for nothing that is known. */
export function dockerBuildOf(text: string | null): DockerBuild | null {
  const root = text === null ? null : readYaml(text).root
  return root === null ? null : dockerBuildIn(commandsIn(nodeAt(root, ["phases"])), variablesIn(root))
}

function variablesIn(root: SettingNode): Readonly<Record<string, string>> {
  const node = nodeAt(root, ["env", "variables"])
  if (node?.kind !== "map") return {}
  return Object.fromEntries(
    [...node.entries].flatMap(([name, entry]) =>
      entry.node.kind === "scalar" ? [[name, String(entry.node.value ?? "")]] : [],
    ),
  )
}

function sealing(root: SettingNode, file: string): readonly Fault[] {
  if (commandsIn(nodeAt(root, ["phases"])).some((line) => /\benvseal\b[^\n|;&]*\bseal\b/.test(line)))
    return []
  const place = placeText(file, nodeAt(root, ["phases", "pre_build", "commands"])?.place ?? root.place)
  return [
    {
      text: "no command runs envseal seal",
      remedy: advice(`add envseal seal to phases.pre_build.commands at ${place}`),
    },
  ]
}

/** Every text below a node: commands, whichever phase and block they stand in. */
function commandsIn(node: SettingNode | null): readonly string[] {
  if (node === null) return []
  if (node.kind === "scalar") return typeof node.value === "string" ? [node.value] : []
  const below = node.kind === "list" ? node.items : [...node.entries.values()].map((entry) => entry.node)
  return below.flatMap(commandsIn)
}

function exporting(root: SettingNode, file: string, variable: string): readonly Fault[] {
  const path = ["env", "exported-variables"]
  const there = nodeAt(root, path)
  const names = there?.kind === "list" ? there.items.map((item) => dataOf(item, () => true)) : []
  if (names.includes(variable)) return []
  return [
    {
      text: `${variable} is not among its exported-variables`,
      remedy: editAt(root, file, path, [...names, variable]),
    },
  ]
}

const chosen = /\bcase\s+"?\$\{?ENVSEAL_ENVIRONMENT\}?"?\s+in\b([\s\S]*?)\besac\b/

/** Whether a command ends the build of an environment that its `case` does not name. Only what is certain counts. */
function refusing(root: SettingNode, file: string, environments: readonly string[]): readonly Fault[] {
  const commands = commandsIn(nodeAt(root, ["phases"])).join("\n")
  const [, branches] = chosen.exec(commands.replace(/(^|\s)#.*$/gm, "$1")) ?? []
  if (branches === undefined || !endsOthers(branches)) return []
  const named = [...branches.matchAll(/(?:^|;;)\s*\(?([^()]*?)\)/g)].flatMap(([, words = ""]) =>
    words.split("|").map((word) => word.trim().replace(/^(["'])(.*)\1$/, "$2")),
  )
  const refused = environments.filter((name) => !named.some((word) => word !== "*" && mayMean(word, name)))
  if (refused.length === 0) return []
  return [
    {
      text: `its case of ENVSEAL_ENVIRONMENT ends the build of ${nameList(refused)}`,
      remedy: advice(
        `add ${nameList(refused)} to the case in ${file}: ${[...named.filter((one) => one !== "*"), ...refused].join(" | ")}) ;;`,
      ),
    },
  ]
}

/** Whether its branch for all others ends the build, whatever else is so. */
function endsOthers(branches: string): boolean {
  const [, body = ""] = /(?:^|;;)\s*\(?\s*\*\s*\)([\s\S]*?)(?:;;|$)/.exec(branches) ?? []
  if (/\|\||\b(?:if|case|for|while|until)\b/.test(body)) return false
  return body.split(/;|\n|&&/).some((command) => /^\s*exit\b/.test(command))
}

/** Whether a pattern of `case` is that of a name, as far as it can be told: `prod*` is that of production. */
function mayMean(pattern: string, name: string): boolean {
  if (/[[\\$`]/.test(pattern)) return true
  const parts = pattern
    .split(/([*?])/)
    .map((part) => (part === "*" ? ".*" : part === "?" ? "." : literal(part)))
  return new RegExp(`^${parts.join("")}$`).test(name)
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")
}

/** A secret as a variable of the build would be seen by every command of it. */
function leaking(root: SettingNode, file: string, secrets: readonly string[]): readonly Fault[] {
  const variables = nodeAt(root, ["env", "secrets-manager"])
  if (variables?.kind !== "map") return []
  return [...variables.entries].flatMap(([name, { node, keyPlace }]) => {
    const reference = node.kind === "scalar" ? String(node.value) : ""
    if (!secrets.some((secret) => isOf(reference, secret))) return []
    const place = placeText(file, keyPlace)
    return [
      {
        text: `env.secrets-manager.${name} gives the app's secret to every command`,
        remedy: advice(`remove ${name} at ${place}: envseal seal reads the secret itself`),
      },
    ]
  })
}

/** A reference is the secret, with a key of its JSON, a stage and a version after it (CodeBuild user guide). */
function isOf(reference: string, secret: string): boolean {
  return reference === secret || reference.startsWith(`${secret}:`)
}

/** At the place of what is there, or else of what it belongs into. */
function editAt(root: SettingNode, file: string, path: readonly string[], value: unknown): Remedy {
  let node: SettingNode | null = null
  for (let length = path.length; node === null && length >= 0; length -= 1) {
    node = nodeAt(root, path.slice(0, length))
  }
  return edit(placeText(file, node?.place ?? root.place), path.join("."), value)
}
