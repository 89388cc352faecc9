import { randomUUID } from "node:crypto"
import { isDeepStrictEqual } from "node:util"
import type { ResourceName } from "./kinds.ts"
import type { Meta } from "./object.ts"
import type { PodTemplate } from "./pod.ts"

type Loose = Readonly<Record<string, unknown>>

/** Which template of a DaemonSet its pods are of. The API server keeps it by itself. */
const templateGeneration = "deprecated.daemonset.template.generation"

const emptyStatus: Partial<Record<ResourceName, Loose>> = {
  deployments: {},
  statefulsets: { replicas: 0, availableReplicas: 0 },
  daemonsets: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  jobs: {},
  cronjobs: {},
}

/** What the API server adds to a new object beside the defaults of its fields. */
export function asNew(resource: ResourceName, object: Loose, metadata: Partial<Meta>): Loose {
  const status = emptyStatus[resource]
  const created = { ...object, metadata, ...(status === undefined ? {} : { status }) }
  if (resource === "daemonsets") return { ...created, metadata: withAnnotation(metadata, "1") }
  if (resource === "jobs") return asNewJob(created, metadata)
  return created
}

/** The metadata of a changed object, with what the API server keeps in it. */
export function asChanged(resource: ResourceName, before: Loose, after: Loose, metadata: Meta): Meta {
  if (resource !== "daemonsets") return metadata
  const old = Number((before["metadata"] as Meta).annotations?.[templateGeneration] ?? 1)
  const same = isDeepStrictEqual(templateOf(before), templateOf(after))
  return withAnnotation(metadata, String(same ? old : old + 1))
}

// Its pods are told from those of others by its uid.
function asNewJob(job: Loose, metadata: Partial<Meta>): Loose {
  const uid = randomUUID()
  const labels = {
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": metadata.name ?? "",
    "controller-uid": uid,
    "job-name": metadata.name ?? "",
  }
  const spec = job["spec"] as Loose
  const template = spec["template"] as PodTemplate
  return {
    ...job,
    // The labels of its template are its own when it has none.
    metadata: { ...metadata, uid, labels: metadata.labels ?? { ...template.metadata?.labels, ...labels } },
    spec: {
      ...spec,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } },
      },
    },
  }
}

function withAnnotation<M extends Partial<Meta>>(metadata: M, generation: string): M {
  return { ...metadata, annotations: { ...metadata.annotations, [templateGeneration]: generation } }
}

function templateOf(object: Loose): unknown {
  return (object["spec"] as Loose | undefined)?.["template"]
}
