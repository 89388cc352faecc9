import type { Pod } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import type { PodTrouble } from "./pod-trouble.ts"
import { isEnding } from "./pods.ts"

/** A pod on a node that needs an image which was deployed. */
export interface Pull {
  readonly image: string
  readonly node: string
  /** Whether the node last failed to get it. It has it otherwise, or is about it, or will be. */
  readonly failed: boolean
}

/**
 * What a pod says of these images.
 *
 * @param trouble what keeps the pod from being ready.
 */
export function pullsOf(
  { metadata, spec }: Pod,
  images: Images,
  trouble: PodTrouble | null,
): readonly Pull[] {
  const node = spec.nodeName
  if (node === undefined || isEnding({ metadata, spec })) return []
  return [...new Set(Object.values(images))].map((image) => ({
    image,
    node,
    failed: trouble?.unpulled === image,
  }))
}

/**
 * The images that no node gets: there are pods on two nodes or more, and not one of all pods fares better. So it is no
 * fault of one node, and of no registry or kubelet that lets some wait for others; nor does any node load it yet.
 *
 * @param pulls of all workloads that the images were given to.
 */
export function unpullable(pulls: readonly Pull[]): ReadonlySet<string> {
  const byImage = Map.groupBy(pulls, ({ image }) => image)
  return new Set([...byImage].flatMap(([image, all]) => (isNowhere(all) ? [image] : [])))
}

function isNowhere(pulls: readonly Pull[]): boolean {
  return pulls.every(({ failed }) => failed) && new Set(pulls.map(({ node }) => node)).size > 1
}
