import type { ResourceName } from "./kinds.ts"
import type { Container, PodSpec, PodTemplate } from "./pod.ts"

type Loose = Readonly<Record<string, unknown>>

/** Fills in what the API server does for a new or changed object, as far as somebody reads it. */
export function withDefaults(resource: ResourceName, object: Loose): Loose {
  const spec = fill[resource]
  return spec === undefined ? object : { ...object, spec: spec(asLoose(object["spec"])) }
}

const fill: Partial<Record<ResourceName, (spec: Loose) => Loose>> = {
  deployments: (spec) => ({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...spec,
    strategy: strategyOf(asLoose(spec["strategy"]), { maxUnavailable: "25%", maxSurge: "25%" }),
    template: templateOf(spec["template"], "Always"),
  }),
  statefulsets: (spec) => ({
    replicas: 1,
    podManagementPolicy: "OrderedReady",
    revisionHistoryLimit: 10,
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    ...spec,
    updateStrategy: strategyOf(asLoose(spec["updateStrategy"]), { partition: 0 }),
    template: templateOf(spec["template"], "Always"),
  }),
  daemonsets: (spec) => ({
    revisionHistoryLimit: 10,
    ...spec,
    updateStrategy: strategyOf(asLoose(spec["updateStrategy"]), { maxUnavailable: 1, maxSurge: 0 }),
    template: templateOf(spec["template"], "Always"),
  }),
  jobs: jobSpec,
  cronjobs: (spec) => {
    const jobTemplate = asLoose(spec["jobTemplate"])
    return {
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      jobTemplate: { metadata: {}, ...jobTemplate, spec: jobTemplateSpec(asLoose(jobTemplate["spec"])) },
    }
  },
}

function jobSpec(spec: Loose): Loose {
  return {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: "NonIndexed",
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: "TerminatingOrFailed",
    ...jobTemplateSpec(spec),
  }
}

function jobTemplateSpec(spec: Loose): Loose {
  return { ...spec, template: templateOf(spec["template"], null) }
}

function strategyOf(strategy: Loose, rollingUpdate: Loose): Loose {
  const type = strategy["type"] ?? "RollingUpdate"
  if (type !== "RollingUpdate") return { ...strategy, type }
  return { type, rollingUpdate: { ...rollingUpdate, ...asLoose(strategy["rollingUpdate"]) } }
}

// A Job has to say itself what becomes of its containers.
function templateOf(value: unknown, restartPolicy: string | null): PodTemplate {
  const template = asLoose(value)
  const spec = asLoose(template["spec"])
  const filled = {
    ...(restartPolicy === null ? {} : { restartPolicy }),
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    ...spec,
    ...containersIn(spec, "initContainers"),
    ...containersIn(spec, "containers"),
  }
  return { ...template, spec: filled as unknown as PodSpec }
}

function containersIn(spec: Loose, name: string): Loose {
  const list = spec[name]
  return Array.isArray(list) ? { [name]: list.map((one) => containerOf(one as Container)) } : {}
}

function containerOf(container: Container): Container {
  return {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicyOf(String(container.image ?? "")),
    ...container,
  }
}

function pullPolicyOf(image: string): string {
  const isLatest = !image.includes("@") && (image.endsWith(":latest") || !/:[^/]+$/.test(image))
  return isLatest ? "Always" : "IfNotPresent"
}

function asLoose(value: unknown): Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {}
}
