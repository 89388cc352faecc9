import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import type { Problem } from "../../core/error.ts"
import { type Container, podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { nameList, printable } from "../../core/text.ts"
import { type Images, isOfRepository, type WorkloadRef, workloadText } from "../../core/workload.ts"
import { allContainers, imagesOf } from "../core/pods.ts"
import { readReleases } from "../core/release.ts"

/** The containers that get the image: those that are named, or else all that have an image of the repository. */
export function containersOf(
  { containers, initContainers }: WorkloadSettings,
  workload: Workload,
  repository: string | null,
): readonly string[] {
  if (containers !== null || initContainers !== null)
    return [...(containers ?? []), ...(initContainers ?? [])]
  return allContainers(podTemplateOf(workload))
    .filter(({ image }) => repository !== null && isOfRepository(image ?? "", repository))
    .map(({ name }) => name)
}

/**
 * What is told of containers with an image of the repository that a workload has got since it was checked.
 *
 * @param workload as it is now; `null` when that is not known.
 * @param given those that got the image.
 * @returns `null` when there are none.
 */
export function addedWarning(
  { workloads, image }: Pick<EnvironmentSettings, "workloads" | "image">,
  ref: WorkloadRef,
  workload: Workload | null,
  given: readonly string[],
): string | null {
  const wanted = workloads.find((one) => workloadText(one) === workloadText(ref))
  if (wanted === undefined || workload === null) return null
  const names = containersOf(wanted, workload, image?.repository ?? null)
  const added = names.filter((name) => !given.includes(name))
  if (added.length === 0) return null
  return `${workloadText(ref)} has got the container ${nameList(added)} since it was checked, which keeps its image: deploy again`
}

/**
 * What the containers have that a deploy changes. Where the settings name none and none has an image of theirs, those
 * that the last deploy changed.
 */
export function liveImages(
  wanted: WorkloadSettings,
  workload: Workload,
  { image }: Pick<EnvironmentSettings, "image">,
): Images {
  const names = containersOf(wanted, workload, image?.repository ?? null)
  const [last] = readReleases(workload.metadata.annotations)
  return imagesOf(podTemplateOf(workload), names.length > 0 ? names : Object.keys(last?.images ?? {}))
}

/**
 * Containers that have different images of the repository, and of which no setting says which one is the app's: the
 * app's image would take the place of both.
 */
export function severalImages(
  wanted: WorkloadSettings,
  workload: Workload,
  repository: string | null,
): readonly Problem[] {
  if (wanted.containers !== null || wanted.initContainers !== null) return []
  const names = containersOf(wanted, workload, repository)
  const found = allContainers(podTemplateOf(workload)).filter(({ name }) => names.includes(name))
  const byImage = Map.groupBy(found, ({ image = "" }) => image)
  if (byImage.size < 2) return []
  const images = [...byImage].map(
    ([image, all]) => `${shortOf(image, repository ?? "")} in ${all.map(({ name }) => name).join(" and ")}`,
  )
  const write = `{ ${wanted.kind.toLowerCase()}: ${wanted.name}, containers: [${found[0]?.name}] }`
  return [
    {
      code: "SEVERAL_IMAGES",
      name: workloadText(wanted),
      reason: `has different images of ${repository}: ${images.join(", ")}; write which containers get the app's image, such as ${write}`,
    },
  ]
}

/** `:php-fpm` of `…/shop:php-fpm`. */
function shortOf(image: string, repository: string): string {
  return printable(image.slice(repository.length), 80) || "no tag"
}

/**
 * Containers that get the image and whose own `command` takes the place of its entrypoint, so that `envseal open` never
 * runs. A command that names `envseal open` runs it, and one in an init container opens for the others. Of a command only
 * its first word is shown: the others can hold a secret.
 */
export function neverOpening(
  wanted: WorkloadSettings,
  workload: Workload,
  names: readonly string[],
): readonly Problem[] {
  const { containers, initContainers = [] } = podTemplateOf(workload).spec
  if (initContainers.some(opens)) return []
  return [...containers, ...initContainers]
    .filter(({ name }) => names.includes(name) && !wanted.withoutOpen.includes(name))
    .filter((container) => wordsOf(container["command"]).length > 0 && !opens(container))
    .map((container) => ({
      code: "NEVER_OPENS",
      name: workloadText(wanted),
      reason: `has its own command in ${container.name} (${printable(wordsOf(container["command"])[0] ?? "", 80)}), in the place of the image's entrypoint, so that envseal open never runs; write it as args, begin it with envseal open … --, or list the container under withoutOpen`,
    }))
}

function opens(container: Container): boolean {
  const words = [...wordsOf(container["command"]), ...wordsOf(container["args"])]
  return /(?:^|[\s/;&|(])envseal\s+open(?:\s|$)/.test(words.join(" "))
}

function wordsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((word) => typeof word === "string") : []
}
