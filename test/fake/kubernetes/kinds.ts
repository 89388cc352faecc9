import type { Condition, Stored, Texts } from "./object.ts"
import type { Pod, PodTemplate } from "./pod.ts"

/** The objects that the fake keeps, as far as it knows them. */

export interface LabelSelector {
  readonly matchLabels?: Texts
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
  serviceaccounts: Stored
}

export type ResourceName = keyof Kinds
