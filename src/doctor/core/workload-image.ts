import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import { type ManagedFields, podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"
import { type Images, isExampleImage, podSteps, shortImage, workloadText } from "../../core/workload.ts"
import { imagesOf } from "../../deploy/core/pods.ts"
import { describes, readReleases } from "../../deploy/core/release.ts"
import { type Finding, no, of, ok } from "./finding.ts"
import { command, type Remedy } from "./remedy.ts"

/**
 * Whether a workload has the image that the last deploy gave it: manifests with an image in them, when they are applied
 * again, and `kubectl replace` or `set image` put another one in its place.
 *
 * @param targets the containers that get the image.
 */
export function judgeLiveImage(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Workload,
  targets: readonly string[],
): Finding {
  const subject = of("workload.image", workloadText(wanted))
  const images = imagesOf(podTemplateOf(workload), targets)
  const [last] = readReleases(workload.metadata.annotations)
  const example = Object.entries(images).find(([, image]) => isExampleImage(image))
  if (example !== undefined) {
    const text = `${example[0]} has the image of an example, which no registry has${setBy(workload, example[0])}`
    return no(subject, text, deployAgain(settings, last?.images ?? {}))
  }
  if (last === undefined) return ok(subject, `${shown(images)}, from before the first deploy`)
  if (describes(last, images)) return ok(subject, `${shown(images)}, as the last deploy gave it`)
  const [changed = ""] = Object.keys(images).filter((name) => last.images[name] !== images[name])
  const text = `has ${shown(images)}, and the last deploy gave it ${shown(last.images)}${setBy(workload, changed)}`
  return no(subject, text, deployAgain(settings, last.images))
}

/** What the last deploy gave; a new build where nothing is known of that. */
function deployAgain({ name }: EnvironmentSettings, images: Images): Remedy {
  const [image] = Object.values(images)
  const line = ["envseal", "deploy", name]
  return command(...line, ...(image === undefined || isExampleImage(image) ? [] : ["--image", image]))
}

function shown(images: Images): string {
  return [...new Set(Object.values(images).map((image) => printable(shortImage(image), 80)))].join(", ")
}

/** Who wrote the image last, by the server's own book (Kubernetes documentation, "Field management"). */
function setBy(workload: Workload, container: string): string {
  const owners = (workload.metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => ownsImage(fieldsV1, workload.kind, container))
    .flatMap(({ manager }) => (manager === undefined ? [] : [printable(manager, 80)]))
  return owners.length === 0 ? "" : `; ${[...new Set(owners)].join(" and ")} set it`
}

function ownsImage(fields: ManagedFields["fieldsV1"], kind: Workload["kind"], container: string): boolean {
  const pod = podSteps(kind).map((step) => `f:${step}`)
  const key = `k:${JSON.stringify({ name: container })}`
  return ["f:containers", "f:initContainers"].some((list) => hasField(fields, [...pod, list, key, "f:image"]))
}

function hasField(fields: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true
  if (typeof fields !== "object" || fields === null || !Object.hasOwn(fields, step)) return false
  return hasField(Reflect.get(fields, step), rest)
}
