import type { Condition, Stored, Texts } from "./object.ts"

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
