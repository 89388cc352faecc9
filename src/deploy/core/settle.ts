import { podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"
import { standingContainers } from "./pods.ts"

/** How long `envseal open` tries, where nothing else is said (`--timeout`), in milliseconds. */
export const openMs = 20_000
const marginMs = 5_000

/**
 * The least time for which a workload without a probe is watched, in milliseconds. Its pods are ready as soon as they
 * run: until `open` has given up, that says nothing.
 */
export const unprobedMs = openMs + marginMs

/**
 * How long all of a workload must stay ready before it counts as proven, in milliseconds. What its controller waits for
 * already (`minReadySeconds`) is not waited for twice. What died once has to live for longer than it did.
 *
 * @param images of its containers that were changed.
 * @param wantedMs by the settings.
 * @param lifeMs the longest that one of its containers had lived before it died.
 */
export function settleMsOf(workload: Workload, images: Images, wantedMs: number, lifeMs = 0): number {
  if (workload.kind === "CronJob") return 0
  const leastMs = isProbed(workload, Object.keys(images)) ? 0 : unprobedMs
  return Math.max(0, Math.max(wantedMs, leastMs) + lifeMs - (workload.spec.minReadySeconds ?? 0) * 1_000)
}

/** Whether ready means something: these containers are probed, or their controller waits long enough by itself. */
export function isReadyTold(workload: Workload, containers: readonly string[]): boolean {
  if (workload.kind === "CronJob" || isProbed(workload, containers)) return true
  return (workload.spec.minReadySeconds ?? 0) * 1_000 >= unprobedMs
}

/** Whether something asks each of these containers if it works. What only prepares a pod has ended before that is ready. */
function isProbed(workload: Workload, containers: readonly string[]): boolean {
  return standingContainers(podTemplateOf(workload).spec)
    .filter(({ name }) => containers.includes(name))
    .every((one) => one["readinessProbe"] !== undefined || one["startupProbe"] !== undefined)
}
