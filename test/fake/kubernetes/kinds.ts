/** The objects that the fake keeps, as far as it knows them. Each is plain JSON, and is replaced, never changed. */

export type Texts = Readonly<Record<string, string>>

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Texts
  readonly annotations?: Texts
  readonly ownerReferences?: readonly OwnerReference[]
}

/** What every object has. */
export interface Stored {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Meta
}

/** An object on its way into the store, which adds the rest of its metadata. */
export type Draft<T extends Stored> = Omit<T, "metadata"> & {
  readonly metadata: Partial<Meta> & { readonly name: string }
}

export interface LabelSelector {
  readonly matchLabels?: Texts
}

export interface Container {
  readonly name: string
  readonly image?: string
  readonly [field: string]: unknown
}

export interface PodSpec {
  readonly containers: readonly Container[]
  readonly initContainers?: readonly Container[]
  readonly nodeName?: string
  readonly restartPolicy?: string
  readonly [field: string]: unknown
}

export interface PodTemplate {
  readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts }
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

export interface DeploymentStatus {
  readonly observedGeneration?: number
  readonly replicas?: number
  readonly updatedReplicas?: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly unavailableReplicas?: number
  readonly terminatingReplicas?: number
  readonly conditions?: readonly Condition[]
}

export interface Deployment extends Stored {
  readonly spec: {
    readonly replicas: number
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly strategy: {
      readonly type: string
      readonly rollingUpdate?: {
        readonly maxSurge: number | string
        readonly maxUnavailable: number | string
      }
    }
    readonly paused?: boolean
    readonly minReadySeconds?: number
    readonly progressDeadlineSeconds: number
    readonly revisionHistoryLimit: number
  }
  readonly status?: DeploymentStatus
}

export interface ReplicaSetStatus {
  readonly observedGeneration?: number
  readonly replicas: number
  readonly readyReplicas?: number
  readonly availableReplicas?: number
  readonly terminatingReplicas?: number
  readonly conditions?: readonly Condition[]
}

export interface ReplicaSet extends Stored {
  readonly spec: {
    readonly replicas: number
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly minReadySeconds?: number
  }
  readonly status?: ReplicaSetStatus
}

export interface StatefulSetStatus {
  readonly observedGeneration?: number
  readonly replicas: number
  readonly readyReplicas?: number
  readonly availableReplicas: number
  readonly currentReplicas?: number
  readonly updatedReplicas?: number
  readonly currentRevision?: string
  readonly updateRevision?: string
  readonly collisionCount?: number
}

export interface StatefulSet extends Stored {
  readonly spec: {
    readonly replicas: number
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly podManagementPolicy: string
    readonly updateStrategy: {
      readonly type: string
      readonly rollingUpdate?: { readonly partition?: number }
    }
    readonly minReadySeconds?: number
  }
  readonly status?: StatefulSetStatus
}

export interface DaemonSetStatus {
  readonly observedGeneration?: number
  readonly currentNumberScheduled: number
  readonly desiredNumberScheduled: number
  readonly updatedNumberScheduled?: number
  readonly numberReady: number
  readonly numberAvailable?: number
  readonly numberUnavailable?: number
  readonly numberMisscheduled: number
}

export interface DaemonSet extends Stored {
  readonly spec: {
    readonly selector: LabelSelector
    readonly template: PodTemplate
    readonly updateStrategy: {
      readonly type: string
      readonly rollingUpdate?: { readonly maxUnavailable: number | string }
    }
    readonly minReadySeconds?: number
  }
  readonly status?: DaemonSetStatus
}

/** What a StatefulSet or DaemonSet was at one revision. */
export interface ControllerRevision extends Stored {
  readonly revision: number
  readonly data: PodTemplate
}

export interface CronJob extends Stored {
  readonly spec: {
    readonly schedule: string
    readonly jobTemplate: { readonly spec: { readonly template: PodTemplate } }
  }
}

export interface JobStatus {
  readonly startTime?: string
  readonly completionTime?: string
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly conditions?: readonly Condition[]
}

export interface Job extends Stored {
  readonly spec: {
    readonly template: PodTemplate
    readonly backoffLimit: number
    readonly activeDeadlineSeconds?: number
    readonly ttlSecondsAfterFinished?: number
    readonly selector?: LabelSelector
  }
  readonly status?: JobStatus
}

export interface ContainerState {
  readonly waiting?: { readonly reason: string; readonly message?: string }
  readonly running?: { readonly startedAt: string }
  readonly terminated?: {
    readonly exitCode: number
    readonly reason: string
    readonly message?: string
    readonly startedAt: string
    readonly finishedAt: string
    readonly containerID: string
  }
}

export interface ContainerStatus {
  readonly name: string
  readonly image: string
  readonly imageID: string
  readonly ready: boolean
  readonly started: boolean
  readonly restartCount: number
  readonly state: ContainerState
  readonly lastState: ContainerState
}

export interface PodStatus {
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed"
  readonly conditions?: readonly Condition[]
  readonly startTime?: string
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
}

export interface Pod extends Stored {
  readonly spec: PodSpec
  readonly status: PodStatus
}

export interface EventObject extends Stored {
  readonly involvedObject: {
    readonly apiVersion: string
    readonly kind: string
    readonly namespace: string
    readonly name: string
    readonly uid: string
  }
  readonly type: "Normal" | "Warning"
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly firstTimestamp: string
  readonly lastTimestamp: string
  readonly source: { readonly component: string }
}

export interface Lease extends Stored {
  readonly spec?: {
    readonly holderIdentity?: string
    readonly leaseDurationSeconds?: number
    readonly acquireTime?: string
    readonly renewTime?: string
    readonly leaseTransitions?: number
  }
}

/** The kind of each resource. */
export interface Kinds {
  deployments: Deployment
  replicasets: ReplicaSet
  statefulsets: StatefulSet
  daemonsets: DaemonSet
  controllerrevisions: ControllerRevision
  cronjobs: CronJob
  jobs: Job
  pods: Pod
  events: EventObject
  leases: Lease
  namespaces: Stored
  secrets: Stored
  configmaps: Stored
}

export type ResourceName = keyof Kinds
