import { placeText } from "../../config/fault.ts"
import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Problem } from "../../core/error.ts"
import {
  type Images,
  isExampleImage,
  isOfRepository,
  sameImage,
  type WorkloadRef,
  workloadText,
} from "../../core/workload.ts"
import type { ImagePlace } from "./image-place.ts"

/** What of an environment says which containers a deploy gives the image. */
export type DeployedSettings = Pick<EnvironmentSettings, "name" | "workloads" | "image" | "cluster">

/**
 * The places of containers that get the environment's image, and those that nobody would give one.
 *
 * @param file what the text is called in messages.
 */
export function releasePlaces(
  settings: DeployedSettings,
  file: string,
  places: readonly ImagePlace[],
): { readonly places: readonly ImagePlace[]; readonly problems: readonly Problem[] } {
  const judged = places.map((one) => ({ one, why: whyNot(settings, one) }))
  return {
    places: judged.filter(({ why }) => why === null).map(({ one }) => one),
    problems: judged
      .filter(({ one, why }) => why !== null && one.image === null)
      .map(({ one, why }) => ({
        code: "NOT_DEPLOYED",
        name: placeText(file, one.place),
        reason: `${workloadText(one.workload)} has no image in ${one.container}, and no deploy gives it one: ${why}`,
      })),
  }
}

/** Why a deploy does not give a container its image; `null` when it does. */
function whyNot(
  { name, workloads, image: images, cluster }: DeployedSettings,
  { workload, namespace, container, image }: ImagePlace,
): string | null {
  const wanted = workloads.find((one) => isSame(one, workload))
  if (wanted === undefined) return `${name} has no such workload; name it under workloads in envseal.yaml`
  if (namespace !== null && namespace !== cluster?.namespace)
    return `it is in the namespace ${namespace}, and ${name} in ${cluster?.namespace ?? "none"}`
  const named = [...(wanted.containers ?? []), ...(wanted.initContainers ?? [])]
  if (wanted.containers !== null || wanted.initContainers !== null) {
    return named.includes(container) ? null : "envseal.yaml names other containers; name this one too"
  }
  return image === null || isOfRepository(image, images?.repository ?? "") ? null : "it has another image"
}

function isSame(one: WorkloadRef, other: WorkloadRef): boolean {
  return one.kind === other.kind && one.name === other.name
}

/** What runs in a cluster: the images of all containers, by the workload's text. A workload that is not there has none. */
export type RunningImages = Readonly<Record<string, Images>>

/** What runs in a container; `null` for nothing, and for the image of an example, which is none. */
export function runningIn(running: RunningImages, { workload, container }: ImagePlace): string | null {
  const image = running[workloadText(workload)]?.[container]
  return image === undefined || isExampleImage(image) ? null : image
}

/** Images that are each another one, in the order in which they come. */
export function distinctImages(images: readonly string[]): readonly string[] {
  return images.filter((image, at) => images.findIndex((one) => sameImage(one, image)) === at)
}
