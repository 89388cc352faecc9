import { placeText } from "../../config/fault.ts"
import { dataOf, nodeAt, type SettingNode } from "../../config/node.ts"
import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import type { Container } from "../../core/kubernetes.ts"
import { nameList, printable } from "../../core/text.ts"
import { workloadText } from "../../core/workload.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { type Manifest, workloadTextOf } from "./manifest.ts"
import { edit, type Remedy } from "./remedy.ts"
import { expectationIn, judgePin, opens, saidOf, type Variable } from "./template-variables.ts"

/** Whether the manifests of an environment's workloads, where the repository has them, say what pods may open. */
export function judgeManifests(
  settings: EnvironmentSettings,
  manifests: readonly Manifest[],
): readonly Finding[] {
  return settings.workloads.flatMap((wanted) => {
    const text = workloadText(wanted)
    const found = manifests.filter(
      (one) =>
        workloadTextOf(one) === text &&
        (one.namespace === null || one.namespace === settings.cluster?.namespace),
    )
    const [manifest, ...others] = found
    const subjects = [of("manifest.expect", text), of("manifest.pin", text)] as const
    if (manifest === undefined)
      return subjects.map((one) => unchecked(one, "no manifest of it is in this repository"))
    if (others.length > 0) {
      const paths = nameList(found.map(({ path }) => path))
      return subjects.map((one) => unchecked(one, `it has several manifests: ${paths}`))
    }
    return judgeManifest(settings, wanted, manifest, subjects)
  })
}

function judgeManifest(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  manifest: Manifest,
  [expect, pin]: readonly [LinkSubject, LinkSubject],
): readonly Finding[] {
  const containers = containersIn(manifest).filter(
    ({ container }) => isTarget(container, wanted, settings.image?.repository ?? "") && opens(container),
  )
  return [
    judgeVariable(expect, manifest, containers, expectationIn(settings)),
    judgePin(settings, pin, settings.kmsKeys, (variable) =>
      judgeVariable(pin, manifest, containers, variable),
    ),
  ]
}

/** A container of a manifest, and where it is in it. */
interface Placed {
  readonly container: Container
  readonly path: readonly string[]
}

function containersIn({ kind, root }: Manifest): readonly Placed[] {
  const template =
    kind === "CronJob" ? ["spec", "jobTemplate", "spec", "template", "spec"] : ["spec", "template", "spec"]
  return ["containers", "initContainers"].flatMap((list) => {
    const path = [...template, list]
    const node = nodeAt(root, path)
    if (node?.kind !== "list") return []
    return node.items.flatMap((item, at) => {
      const container = containerOf(item)
      return container === null ? [] : [{ container, path: [...path, String(at)] }]
    })
  })
}

function containerOf(node: SettingNode): Container | null {
  const name = nodeAt(node, ["name"])
  if (name?.kind !== "scalar" || typeof name.value !== "string") return null
  const data = dataOf(node, () => false)
  return { ...(typeof data === "object" ? data : {}), name: name.value }
}

function isTarget({ name, image }: Container, wanted: WorkloadSettings, repository: string): boolean {
  if (wanted.containers !== null || wanted.initContainers !== null) {
    return [...(wanted.containers ?? []), ...(wanted.initContainers ?? [])].includes(name)
  }
  return typeof image === "string" && image.split(/[@]|:(?=[^/]*$)/)[0] === repository
}

function judgeVariable(
  subject: LinkSubject,
  manifest: Manifest,
  containers: readonly Placed[],
  variable: Variable,
): Finding {
  if (containers.length === 0) {
    return unchecked(subject, `no container in ${manifest.path} runs the image's own entry point`)
  }
  const said = containers.map((placed) => ({ placed, is: saidOf(placed.container, variable.name) }))
  const wrong = said.filter(
    ({ is }) => is.type === "missing" || (is.type === "value" && !variable.fits(is.text)),
  )
  if (wrong.length > 0) {
    const text = wrong
      .map(({ placed: { container }, is }) =>
        is.type === "value"
          ? `is ${printable(is.text, 200)} in ${container.name}`
          : `is missing in ${container.name}`,
      )
      .join("; ")
    const remedies = wrong.map(({ placed }) => correct(manifest, placed, variable))
    return no(subject, `${text}; it should be ${variable.wanted}`, ...remedies)
  }
  if (said.some(({ is }) => is.type === "elsewhere")) return unchecked(subject, "comes from elsewhere")
  return ok(subject, manifest.path)
}

/** Another value where there is one, or one more variable. */
function correct(manifest: Manifest, { container, path }: Placed, { name, wanted }: Variable): Remedy {
  const env = Array.isArray(container["env"]) ? container["env"] : []
  const at = env.findIndex((one: unknown) => isNamed(one, name))
  const whole = [...path, "env"]
  if (at >= 0) return editAt(manifest, [...whole, String(at), "value"], wanted)
  return editAt(manifest, whole, [...env, { name, value: wanted }])
}

function isNamed(entry: unknown, name: string): boolean {
  return typeof entry === "object" && entry !== null && "name" in entry && entry.name === name
}

/** At the place of what is there, or else of what it belongs into. */
function editAt(
  { root, path: file, linesBefore }: Manifest,
  path: readonly string[],
  value: unknown,
): Remedy {
  let node: SettingNode | null = null
  for (let length = path.length; node === null && length >= 0; length -= 1) {
    node = nodeAt(root, path.slice(0, length))
  }
  const { line, column } = node?.place ?? root.place
  return edit(placeText(file, { line: line + linesBefore, column }), path.join("."), value)
}
