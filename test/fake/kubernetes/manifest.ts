import type { Texts } from "./object.ts"
import type { Container, PodSpec } from "./pod.ts"

/** What a workload of a test is like, as far as it is not like all others. */
export interface Shape {
  /** Of the container `app`. */
  readonly image: string
  readonly replicas?: number
  readonly namespace?: string
  /** Of the container `app`, in the place of its image's entrypoint. */
  readonly command?: readonly string[]
  /** Images of further containers, by name. */
  readonly sidecars?: Texts
  /** Images of init containers, by name. */
  readonly init?: Texts
  readonly labels?: Texts
  readonly annotations?: Texts
  /** Further members of its spec, such as `paused`. */
  readonly spec?: Readonly<Record<string, unknown>>
}

/** An object to create. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Texts
    readonly annotations?: Texts
    /** Who is to have written it, as the server keeps book of it. */
    readonly managedFields?: readonly object[]
  }
  readonly spec: Readonly<Record<string, unknown>>
}

/**
 * What it asks is not looked at: when a pod is ready, its play says. With all that an API server would add
 * (core/v1, SetDefaults_Probe).
 */
const readinessProbe = {
  tcpSocket: { port: 8080 },
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
}

/**
 * A Deployment with a container `app`. Its deadline is far away where `spec` says nothing else: the fake's clock is
 * fast, and the machine may be busy.
 */
export function deployment(name: string, shape: Shape): Manifest {
  const spec = { progressDeadlineSeconds: 36_000, ...setSpec(name, shape) }
  return { ...workload("apps/v1", "Deployment", name, shape), spec }
}

export function statefulSet(name: string, shape: Shape): Manifest {
  const spec = { serviceName: name, ...setSpec(name, shape) }
  return { ...workload("apps/v1", "StatefulSet", name, shape), spec }
}

/** One pod for each node, whatever `replicas` says. */
export function daemonSet(name: string, shape: Shape): Manifest {
  const { replicas: _, ...spec } = setSpec(name, shape)
  return { ...workload("apps/v1", "DaemonSet", name, shape), spec }
}

export function cronJob(name: string, shape: Shape): Manifest {
  const template = { metadata: { labels: { app: name } }, spec: podSpec(shape, "Never") }
  const spec = { schedule: "*/5 * * * *", jobTemplate: { spec: { template } }, ...shape.spec }
  return { ...workload("batch/v1", "CronJob", name, shape), spec }
}

function workload(apiVersion: string, kind: string, name: string, shape: Shape): Omit<Manifest, "spec"> {
  const { namespace = "shop", labels, annotations } = shape
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
    },
  }
}

function setSpec(name: string, shape: Shape): Readonly<Record<string, unknown>> {
  return {
    replicas: shape.replicas ?? 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(shape) },
    ...shape.spec,
  }
}

function podSpec({ image, sidecars, init, command }: Shape, restartPolicy?: string): PodSpec {
  return {
    ...(init === undefined ? {} : { initContainers: containers(init) }),
    containers: containers({ app: image, ...sidecars }).map((one) => ({
      ...one,
      readinessProbe,
      ...(one.name === "app" && command !== undefined ? { command } : {}),
    })),
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
  }
}

function containers(images: Texts): readonly Container[] {
  return Object.entries(images).map(([name, image]) => ({ name, image }))
}
