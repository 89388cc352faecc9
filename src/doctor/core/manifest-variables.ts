import { placeText } from "../../config/fault.ts"
import { dataOf, nodeAt, type SettingNode } from "../../config/node.ts"
import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import type { Container, Workload } from "../../core/kubernetes.ts"
import { nameList, printable } from "../../core/text.ts"
import { isExampleImage, isOfRepository, podSteps, workloadText } from "../../core/workload.ts"
import { neverOpening, severalImages } from "../../deploy/run/containers.ts"
import { type Finding, type LinkSubject, no, of, ok, unchecked } from "./finding.ts"
import { type Manifest, workloadTextOf } from "./manifest.ts"
import { placeIn } from "./manifest-place.ts"
import { type Overlay, takes } from "./overlay.ts"
import { advice, edit, type Remedy, setTo, settingPlace } from "./remedy.ts"
import {
  expectationIn,
  expectVariable,
  judgePin,
  opens,
  saidOf,
  type Variable,
} from "./template-variables.ts"

/** Whether the manifests of an environment's workloads, where the repository has them, say what pods may open. */
export function judgeManifests(
  settings: EnvironmentSettings,
  manifests: readonly Manifest[],
  overlays: readonly Overlay[] = [],
): readonly Finding[] {
  return settings.workloads.flatMap((wanted) => {
    const text = workloadText(wanted)
    const found = manifests.filter(
      (one) =>
        workloadTextOf(one) === text &&
        (one.namespace === null || one.namespace === settings.cluster?.namespace),
    )
    const [manifest, ...others] = found
    const subjects = subjectsOf(text)
    const none = (why: string) => subjects.map((one) => unchecked(one, why))
    const overlay = overlays.find((one) => found.some(({ path }) => takes(one, path)))
    if (overlay !== undefined)
      return none(`Kustomize makes it, by ${overlay.path}: kubectl kustomize shows what is applied`)
    if (manifest === undefined) return none("no manifest of it is in this repository")
    if (others.length > 0) return none(`it has several manifests: ${nameList(found.map(({ path }) => path))}`)
    return judgeManifest(settings, wanted, manifest, subjects)
  })
}

type Subjects = readonly [image: LinkSubject, expect: LinkSubject, pin: LinkSubject]

function subjectsOf(text: string): Subjects {
  return [of("manifest.image", text), of("manifest.expect", text), of("manifest.pin", text)]
}

function judgeManifest(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  manifest: Manifest,
  [image, expect, pin]: Subjects,
): readonly Finding[] {
  const targets = containersIn(manifest, wanted).filter(({ container }) =>
    isTarget(container, wanted, settings.image?.repository ?? ""),
  )
  const ofImage = judgeImages(image, manifest, targets)
  const wrong = wholeFault(settings, wanted, manifest, targets)
  if (wrong !== null) {
    return [
      ofImage,
      no(expect, wrong.text, wrong.remedy),
      unchecked(pin, "depends on the manifest's containers"),
    ]
  }
  const containers = targets.filter(
    ({ container }) => opens(container) && !wanted.withoutOpen.includes(container.name),
  )
  return [
    ofImage,
    judgeVariable(expect, manifest, containers, expectationIn(settings)),
    judgePin(settings, pin, settings.kmsKeys, (variable) =>
      judgeVariable(pin, manifest, containers, variable),
    ),
  ]
}

/** What a deploy would refuse, or the API server: then the variables are beside the point. */
function wholeFault(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  manifest: Manifest,
  targets: readonly Placed[],
): { readonly text: string; readonly remedy: Remedy } | null {
  const workload = workloadOf(manifest, wanted)
  if (workload === null) return null
  const at = settings.workloads.indexOf(wanted)
  const [several] = severalImages(wanted, workload, settings.image?.repository ?? null)
  if (several !== undefined) {
    const app =
      targets.find(({ container }) => saidOf(container, expectVariable).type !== "missing") ?? targets[0]
    const named = { [wanted.kind.toLowerCase()]: wanted.name, containers: [app?.container.name ?? "app"] }
    const [text = ""] = several.reason.split("; write ")
    return { text, remedy: setTo(settings, `workloads.${at}`, named) }
  }
  const [never] = neverOpening(
    wanted,
    workload,
    targets.map(({ container }) => container.name),
  )
  if (never !== undefined) {
    const place = settingPlace(settings, `workloads.${at}`)
    const text = `write it as args in ${manifest.path}, or list the container under withoutOpen at ${place}`
    return { text: never.reason, remedy: advice(text) }
  }
  return numberFault(manifest, targets)
}

/** Kubernetes takes text alone for a value, and YAML makes a number of `3306`. */
function numberFault(manifest: Manifest, targets: readonly Placed[]) {
  for (const { container, path } of targets) {
    const env: readonly unknown[] = Array.isArray(container["env"]) ? container["env"] : []
    for (const [at, entry] of env.entries()) {
      const value = typeof entry === "object" && entry !== null && "value" in entry ? entry.value : null
      if (typeof value !== "number" && typeof value !== "boolean") continue
      const { line, column } = placeIn(manifest, [...path, "env", String(at), "value"])
      const name =
        typeof entry === "object" && entry !== null && "name" in entry ? String(entry.name) : "a variable"
      const place = placeText(manifest.path, { line, column })
      return {
        text: `the value of ${printable(name, 80)} in ${container.name} is a ${typeof value} to YAML, which Kubernetes refuses`,
        remedy: advice(`put the value at ${place} in quotes`),
      }
    }
  }
  return null
}

/** The manifest as the workload that the API server would make of it; `null` for what has no pod template. */
function workloadOf(manifest: Manifest, wanted: WorkloadSettings): Workload | null {
  const { root, name } = manifest
  if (containersIn(manifest, wanted).length === 0) return null
  const data = dataOf(root, () => false)
  const spec: unknown = typeof data === "object" && data !== null && "spec" in data ? data.spec : null
  return { kind: wanted.kind, metadata: { name }, spec } as unknown as Workload
}

/** A container of a manifest, and where it is in it. */
interface Placed {
  readonly container: Container
  readonly path: readonly string[]
}

function containersIn({ root }: Manifest, { kind }: WorkloadSettings): readonly Placed[] {
  return ["containers", "initContainers"].flatMap((list) => {
    const path = [...podSteps(kind), list]
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
  return !image || (typeof image === "string" && isOfRepository(image, repository))
}

/** An image that stands here takes the place of what runs whenever the manifest is applied again. */
function judgeImages(subject: LinkSubject, manifest: Manifest, targets: readonly Placed[]): Finding {
  const named = targets.flatMap(({ container: { name, image = "" }, path }) =>
    image === ""
      ? []
      : [{ name, image, at: placeText(manifest.path, placeIn(manifest, [...path, "image"])) }],
  )
  const examples = named.filter(({ image }) => isExampleImage(image))
  if (examples.length > 0) {
    const text = `${examples.map(({ name, at }) => `${name} at ${at}`).join(" and ")} has the image of an example: applied again, it takes the place of what runs, and no pod starts`
    return no(subject, text, ...examples.map(({ at }) => advice(`remove the line of the image at ${at}`)))
  }
  const [first] = named
  if (first === undefined) return ok(subject, "none: what runs stays when it is applied again")
  const { image, at } = first
  return ok(subject, `${printable(image, 200)} at ${at}; applied again, it takes the place of what runs`)
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

/** Another value where there is one, or one more variable: what is there may be secret, and is not repeated. */
function correct(manifest: Manifest, { container, path }: Placed, { name, wanted }: Variable): Remedy {
  const env = Array.isArray(container["env"]) ? container["env"] : null
  const at = env?.findLastIndex((one: unknown) => isNamed(one, name)) ?? -1
  const whole = [...path, "env"]
  if (at >= 0) return editAt(manifest, [...whole, String(at), "value"], wanted)
  if (env === null) return editAt(manifest, whole, [{ name, value: wanted }])
  return editAt(manifest, [...whole, String(env.length)], { name, value: wanted })
}

function isNamed(entry: unknown, name: string): boolean {
  return typeof entry === "object" && entry !== null && "name" in entry && entry.name === name
}

function editAt(manifest: Manifest, path: readonly string[], value: unknown): Remedy {
  return edit(placeText(manifest.path, placeIn(manifest, path)), path.join("."), value)
}
