import { parseAllDocuments } from "yaml"
import type { Manifest } from "../cluster/workloads.ts"
import { namespace } from "./world.ts"

/** Pods of each part in a round. */
const each = 5
/** Keeps the object of a pod that has ended, so that it can be seen how. */
const finalizer = "envseal.test/looked-at"

/** What of a generated manifest is used. */
interface Deployment {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: { readonly template: { readonly spec: PodSpec } }
}

interface PodSpec {
  readonly containers: readonly { readonly args?: readonly string[] }[]
}

/** The names of a part's pods in a round. */
export function namesOf(part: "web" | "worker", round: number): readonly string[] {
  return Array.from({ length: each }, (_, at) => `drill-${part}-${round}-${at + 1}`)
}

/**
 * Pods with the very specification of the web's and of the worker's, which no Deployment keeps. Each worker has a queue
 * of its own besides, by its name. All have the label `drill`, which is the round, and `part`, such as `drill-web`.
 *
 * @param manifests what `envseal manifests` prints.
 */
export function drillPods(manifests: string, round: number): readonly Manifest[] {
  const objects: readonly Deployment[] = parseAllDocuments(manifests).map((document) => document.toJS())
  return (["web", "worker"] as const).flatMap((part) => {
    const found = objects.find(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === `shop-${part}`,
    )
    if (found === undefined) throw new Error(`no manifest is of the ${part}`)
    const { spec } = found.spec.template
    const labels = { drill: `${round}`, part: `drill-${part}` }
    return namesOf(part, round).map((name) => ({
      ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels, finalizers: [finalizer] } },
      spec:
        part === "web" ? spec : { ...spec, containers: spec.containers.map((one) => withQueue(one, name)) },
    }))
  })
}

function withQueue<T extends { readonly args?: readonly string[] }>(container: T, queue: string): T {
  return { ...container, args: [...(container.args ?? []), `--queue=${queue}`] }
}
