/** An object to send to the API server. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** What all workloads have in common. */
export interface WorkloadInit {
  readonly namespace: string
  readonly name: string
  /** Of the container `app`. */
  readonly image: string
  /** Of the init container `prepare`. No init container when it is left out. */
  readonly initImage?: string
  /** Images of more containers by name. */
  readonly sidecars?: Readonly<Record<string, string>>
}

/** A workload with a number of pods. 1 when `replicas` is left out. */
export interface ReplicatedInit extends WorkloadInit {
  readonly replicas?: number
}

/** What a Deployment has more. The cluster's own defaults stand for what is left out. */
export interface DeploymentInit extends ReplicatedInit {
  readonly paused?: boolean
  readonly progressDeadlineSeconds?: number
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}

export function makeDeployment(init: DeploymentInit): Manifest {
  const { replicas = 1, paused, progressDeadlineSeconds, maxSurge, maxUnavailable } = init
  return {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: metadata(init) },
    spec: {
      replicas,
      ...defined({ paused, progressDeadlineSeconds }),
      strategy: { type: "RollingUpdate", rollingUpdate: defined({ maxSurge, maxUnavailable }) },
      selector: { matchLabels: labels(init) },
      template: podTemplate(init),
    },
  }
}

/** What a StatefulSet has more. */
export interface StatefulSetInit extends ReplicatedInit {
  /** Whether a pod waits for the one before it. By default all start at once, as fast as one. */
  readonly ordered?: boolean
}

export function makeStatefulSet(init: StatefulSetInit): Manifest {
  return {
    ...{ apiVersion: "apps/v1", kind: "StatefulSet", metadata: metadata(init) },
    spec: {
      replicas: init.replicas ?? 1,
      serviceName: init.name,
      podManagementPolicy: init.ordered ? "OrderedReady" : "Parallel",
      selector: { matchLabels: labels(init) },
      template: podTemplate(init),
    },
  }
}

/** One pod on each node. */
export function makeDaemonSet(init: WorkloadInit): Manifest {
  return {
    ...{ apiVersion: "apps/v1", kind: "DaemonSet", metadata: metadata(init) },
    spec: { selector: { matchLabels: labels(init) }, template: podTemplate(init) },
  }
}

/**
 * @param schedule of cron; once a year when it is left out, so that nothing starts by itself.
 * @param concurrencyPolicy `Allow` when it is left out.
 */
export function makeCronJob(
  init: WorkloadInit,
  schedule = "0 0 1 1 *",
  concurrencyPolicy = "Allow",
): Manifest {
  return {
    ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: metadata(init) },
    spec: {
      schedule,
      concurrencyPolicy,
      jobTemplate: { spec: { backoffLimit: 0, template: podTemplate(init, "Never") } },
    },
  }
}

/** A Job that is tried once. */
export function makeJob(init: WorkloadInit): Manifest {
  return {
    ...{ apiVersion: "batch/v1", kind: "Job", metadata: metadata(init) },
    spec: { backoffLimit: 0, template: podTemplate(init, "Never") },
  }
}

/** Refuses every pod of the namespace over that number. */
export function makePodQuota(namespace: string, pods: number): Manifest {
  return {
    ...{ apiVersion: "v1", kind: "ResourceQuota", metadata: { namespace, name: "pods" } },
    spec: { hard: { pods: String(pods) } },
  }
}

export function makeNode(name: string): Manifest {
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels: { "kubernetes.io/hostname": name } } }
}

function metadata({ namespace, name }: WorkloadInit) {
  return { namespace, name, labels: { app: name } }
}

function labels({ name }: WorkloadInit): Readonly<Record<string, string>> {
  return { app: name }
}

function podTemplate(init: WorkloadInit, restartPolicy: "Always" | "Never" = "Always") {
  const sidecars = Object.entries(init.sidecars ?? {}).map(([name, image]) => ({ name, image }))
  return {
    metadata: { labels: labels(init) },
    spec: {
      restartPolicy,
      ...(init.initImage === undefined
        ? {}
        : { initContainers: [{ name: "prepare", image: init.initImage }] }),
      // No kubelet asks: when a pod is ready, its play says.
      containers: [
        { name: "app", image: init.image, readinessProbe: { tcpSocket: { port: 8080 } } },
        ...sidecars,
      ],
    },
  }
}

function defined(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
