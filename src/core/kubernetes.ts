/**
 * The objects of the Kubernetes API, as far as envseal reads them (Kubernetes API reference). What the server may
 * leave out is optional. They are read as they come: nothing else is known of them.
 */

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  /** Grows with each change of `spec`. */
  readonly generation?: number
  /** RFC 3339. */
  readonly creationTimestamp?: string
  /** Set once it is being deleted. */
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  /** Only of an object that was read by itself. */
  readonly managedFields?: readonly ManagedFields[]
}

/** Who wrote which fields last. */
export interface ManagedFields {
  readonly manager?: string
  /** Such as `status` or `scale`; none for the object itself. */
  readonly subresource?: string
  /** A tree of fields, such as `{"f:spec": {"f:template": …}}`. */
  readonly fieldsV1?: Readonly<Record<string, unknown>>
}

export interface OwnerReference {
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> }
  readonly [field: string]: unknown
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly [field: string]: unknown
}

export interface PodTemplate {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: PodSpec
}

export interface Condition {
  readonly type: string
  readonly status: "True" | "False" | "Unknown"
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}

export interface Deployment {
  readonly kind: "Deployment"
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly minReadySeconds?: number
    readonly replicas?: number
    readonly paused?: boolean
    readonly progressDeadlineSeconds?: number
    readonly template: PodTemplate
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    /** Pods that are still ending (since Kubernetes 1.33, where it is switched on). */
    readonly terminatingReplicas?: number
    readonly conditions?: readonly Condition[]
  }
}

export interface StatefulSet {
  readonly kind: "StatefulSet"
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly minReadySeconds?: number
    readonly replicas?: number
    readonly template: PodTemplate
    readonly updateStrategy?: {
      readonly type?: string
      readonly rollingUpdate?: { readonly partition?: number }
    }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly currentRevision?: string
    readonly updateRevision?: string
  }
}

export interface DaemonSet {
  readonly kind: "DaemonSet"
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly minReadySeconds?: number
    readonly template: PodTemplate
    readonly updateStrategy?: { readonly type?: string }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly desiredNumberScheduled?: number
    readonly updatedNumberScheduled?: number
    readonly numberReady?: number
    readonly numberAvailable?: number
  }
}

export interface CronJob {
  readonly kind: "CronJob"
  readonly metadata: ObjectMeta
  readonly spec: {
    readonly suspend?: boolean
    readonly schedule?: string
    readonly concurrencyPolicy?: string
    readonly jobTemplate: { readonly spec: { readonly template: PodTemplate } }
  }
  readonly status?: {
    /** Its Jobs that have not ended. */
    readonly active?: readonly { readonly name?: string; readonly uid?: string }[]
  }
}

export type Workload = Deployment | StatefulSet | DaemonSet | CronJob

export interface ReplicaSet {
  readonly metadata: ObjectMeta
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly running?: { readonly startedAt?: string }
  readonly terminated?: {
    readonly exitCode: number
    readonly reason?: string
    readonly message?: string
    readonly startedAt?: string
    readonly finishedAt?: string
    readonly containerID?: string
  }
}

export interface ContainerStatus {
  readonly name: string
  readonly ready: boolean
  readonly restartCount: number
  readonly image?: string
  readonly state?: ContainerState
  readonly lastState?: ContainerState
}

export interface Pod {
  readonly metadata: ObjectMeta
  readonly spec: PodSpec & { readonly nodeName?: string }
  readonly status?: {
    readonly phase?: string
    readonly reason?: string
    readonly message?: string
    readonly conditions?: readonly Condition[]
    readonly containerStatuses?: readonly ContainerStatus[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
  }
}

export interface Job {
  readonly metadata: ObjectMeta
  readonly status?: {
    readonly active?: number
    readonly succeeded?: number
    readonly failed?: number
    readonly conditions?: readonly Condition[]
  }
}

/** What is sent to create a Job; the server adds the rest. */
export interface NewJob {
  readonly metadata: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly backoffLimit: number
    readonly activeDeadlineSeconds: number
    readonly ttlSecondsAfterFinished: number
    readonly template: PodTemplate
  }
}

/** An event that a controller or a node reported (events.k8s.io reaches here as core/v1). */
export interface ClusterEvent {
  /** `Normal` or `Warning`. */
  readonly type?: string
  /** What it is about. Of a container, `fieldPath` is such as `spec.containers{app}`. */
  readonly involvedObject?: { readonly fieldPath?: string }
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
}

/** coordination.k8s.io/v1; times are RFC 3339 with six decimals. */
export interface Lease {
  readonly metadata: {
    readonly name: string
    readonly uid?: string
    readonly resourceVersion?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** What pods act as, in the cluster and, by its role, in AWS. */
export interface ServiceAccount {
  readonly metadata: ObjectMeta
}

/** RFC 6902. */
export interface JsonPatchStep {
  readonly op: "test" | "add" | "replace" | "remove"
  readonly path: string
  readonly value?: unknown
}

/** What stands in the place of a workload's pods: where its containers and their images are. */
export function podTemplateOf(workload: Workload): PodTemplate {
  return workload.kind === "CronJob" ? workload.spec.jobTemplate.spec.template : workload.spec.template
}
