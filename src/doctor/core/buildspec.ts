import { placeText } from "../../config/fault.ts"
import { mergedNode } from "../../config/merge-key.ts"
import { dataOf, nodeAt, type SettingNode } from "../../config/node.ts"
import { readYaml } from "../../config/yaml.ts"
import { carrierVariable } from "../../core/build.ts"
import { nameList } from "../../core/text.ts"
import { isExampleImage } from "../../core/workload.ts"
import { type BuildOrder, buildOrder } from "./build-order.ts"
import { type BuildCommand, buildCommands } from "./buildspec-commands.ts"
import { carrierIn, undecidedCarrier } from "./carrier.ts"
import { type DockerBuild, dockerBuildIn } from "./docker-build.ts"
import { type Finding, no, of, ok, unchecked } from "./finding.ts"
import { advice, edit, type Remedy } from "./remedy.ts"
import { resealLack } from "./reseal-step.ts"
import { refersTo } from "./secret-match.ts"

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
  /** Texts of the repository's scripts, by path; none when left out. */
  readonly scripts?: ReadonlyMap<string, string>
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
  return judgeRoot(mergedNode(root), file, demands)
}

function judgeRoot(root: SettingNode, file: string, demands: BuildspecDemands): Finding {
  const commands = buildCommands(root)
  const order = buildOrder(commands, demands.scripts ?? new Map())
  const found = [
    ...misread(root, commands, file),
    ...sealing(root, commands, order, file),
    ...demands.variables.flatMap((variable) => exporting(root, file, variable)),
    ...leaking(root, file, demands.secrets),
    ...refusing(root, file, demands.environments),
  ]
  if (found.length > 0)
    return no(subject, found.map((fault) => fault.text).join("; "), ...found.map(({ remedy }) => remedy))
  if (order.seals.length === 0) {
    return unchecked(
      subject,
      `whether ${order.unknown ?? "it"} runs envseal seal is not known here; ${file} does not by itself`,
    )
  }
  return judgeOwnCarrier(root, file, demands.given) ?? judgeReseal(commands, order, demands, file)
}

/** A deploy works without: that a buildspec cannot reseal is no fault. */
function judgeReseal(
  commands: readonly BuildCommand[],
  order: BuildOrder,
  { builds, scripts = new Map() }: BuildspecDemands,
  file: string,
): Finding {
  const lack = builds ? resealLack(commands, order, scripts, file) : null
  return lack === null
    ? ok(subject, file)
    : ok(subject, `${file}, which cannot reseal: ${lack.text}`, lack.remedy)
}

/**
 * Offline nobody knows whether the project has another carrier, which would go before that of the buildspec.
 *
 * @returns `null` where that makes no difference.
 */
function judgeOwnCarrier(root: SettingNode, file: string, given: readonly string[]): Finding | null {
  const carrier = carrierIn(root, file)
  if (carrier === null || given.includes(carrierVariable) || !isExampleImage(carrier.image)) return null
  return unchecked(
    subject,
    `${undecidedCarrier}, at ${carrier.where}; only the CodeBuild project tells whether it sets another: envseal doctor`,
  )
}

/** How the image is built, as far as a buildspec says it; `null` for nothing that is known. */
export function dockerBuildOf(text: string | null): DockerBuild | null {
  const root = text === null ? null : readYaml(text).root
  if (root === null) return null
  const merged = mergedNode(root)
  return dockerBuildIn(
    buildCommands(merged).flatMap((command) => command.text ?? []),
    variablesIn(merged),
  )
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

/** What CodeBuild does not take: then no command runs. */
function misread(root: SettingNode, commands: readonly BuildCommand[], file: string): readonly Fault[] {
  const version = nodeAt(root, ["version"])
  const isVersion = version?.kind === "scalar" && /^0\.[12]$/.test(version.source)
  const texts = commands.filter(({ text }) => text === null)
  return [
    ...(isVersion
      ? []
      : [
          {
            text: version === null ? "it has no version" : "its version is neither 0.1 nor 0.2",
            remedy: edit(placeText(file, version?.place ?? root.place), "version", 0.2),
          },
        ]),
    ...texts.map(({ block, place }) => ({
      text: `a command of ${block} is no text to YAML: a colon and a space make it a mapping`,
      remedy: advice(
        `put the command at ${placeText(file, place)} into a block: - | and the command on the next line`,
      ),
    })),
  ]
}

function sealing(
  root: SettingNode,
  commands: readonly BuildCommand[],
  { seals, images, unknown }: BuildOrder,
  file: string,
): readonly Fault[] {
  const first = commands.find(({ text }) => /\b(?:build|push|bake)\b/.test(text ?? ""))
  const own = nodeAt(root, ["phases", "pre_build", "commands"])
  const place = placeText(file, own?.place ?? root.place)
  if (seals.length === 0) {
    if (unknown !== null) return []
    const text = "no command runs envseal seal"
    return [{ text, remedy: advice(`add envseal seal to phases.pre_build.commands at ${place}`) }]
  }
  if (images.length === 0 || images.some((image) => image > (seals[0] ?? 0))) return []
  return [
    {
      text: "it runs envseal seal after the image is built",
      remedy: advice(`move envseal seal before ${placeText(file, first?.place ?? root.place)}`),
    },
  ]
}

/** Every text below a node. */
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

/** Where a buildspec names secrets for its variables: each is seen by every command of the build. */
const references = ["secrets-manager", "parameter-store"] as const

function leaking(root: SettingNode, file: string, secrets: readonly string[]): readonly Fault[] {
  return references.flatMap((kind) => {
    const variables = nodeAt(root, ["env", kind])
    if (variables?.kind !== "map") return []
    return [...variables.entries].flatMap(([name, { node, keyPlace }]) => {
      const reference = node.kind === "scalar" ? String(node.value) : ""
      if (!secrets.some((secret) => refersTo(reference, secret))) return []
      return [
        {
          text: `env.${kind}.${name} gives the app's secret to every command`,
          remedy: advice(
            `remove ${name} at ${placeText(file, keyPlace)}: envseal seal reads the secret itself`,
          ),
        },
      ]
    })
  })
}

/** At the place of what is there, or else of what it belongs into. */
function editAt(root: SettingNode, file: string, path: readonly string[], value: unknown): Remedy {
  let node: SettingNode | null = null
  for (let length = path.length; node === null && length >= 0; length -= 1) {
    node = nodeAt(root, path.slice(0, length))
  }
  return edit(placeText(file, node?.place ?? root.place), path.join("."), value)
}
