import type {
  ClusterEvent,
  Job,
  JsonPatchStep,
  Lease,
  NewJob,
  Pod,
  ReplicaSet,
  ServiceAccount,
  Workload,
} from "../core/kubernetes.ts"
import type { WorkloadKind, WorkloadRef } from "../core/workload.ts"

/** How to reach a cluster's API server, and as whom. */
export interface ClusterAccess {
  /** What the user calls it, for messages: a kubeconfig context, or the name of an EKS cluster. */
  readonly name: string
  /** URL of the API server, such as `https://127.0.0.1:6443`. A path in it is kept. */
  readonly server: string
  /** PEM; `null` for the certificates of the machine. */
  readonly ca: string | null
  /** What the server's certificate is made out to, where that is not its host. */
  readonly tlsServerName: string | null
  /** Only when the kubeconfig says so. */
  readonly insecure: boolean
  /** URL of a proxy by the kubeconfig; `null` for none, or that of the environment. */
  readonly proxy: string | null
  /**
   * What to authenticate with. Called before each request: keeps what is still good, and gets again what is not.
   *
   * @param refused what the server did not accept any more, so that it is not given again.
   * @throws EnvsealError `NO_CREDENTIALS`, `CREDENTIALS_REFUSED` or `REMOTE_FAILED`.
   */
  credential(refused?: ClusterCredential): Promise<ClusterCredential>
}

/** All members are secret: they go to the API server and nowhere else. */
export interface ClusterCredential {
  readonly token?: string
  /** PEM. */
  readonly certificate?: string
  /** PEM. */
  readonly key?: string
}

/** Called right before a change is sent, each time that it is. What it throws keeps it from being sent. */
export type Fence = () => void

/** One thing that the caller wants to do in the namespace. */
export interface Right {
  readonly verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete"
  /** API group; empty for the core. */
  readonly group: string
  /** Such as `deployments`, or `pods/log`. */
  readonly resource: string
  /** `null` for all of them. */
  readonly name: string | null
}

/** Everything that is watched, at one moment. */
export interface ClusterView {
  readonly workloads: readonly Workload[]
  readonly replicaSets: readonly ReplicaSet[]
  readonly pods: readonly Pod[]
}

/** @typeParam View what is watched, as a whole. */
export type Observation<View = ClusterView> =
  /** Sent once all is known, and again soon after something changed. */
  | { readonly type: "view"; readonly view: View }
  /** The server cannot be reached, or answers with faults; it is asked again until it can. */
  | { readonly type: "lost"; readonly why: string }

export interface LogRequest {
  readonly pod: string
  readonly container: string
  /** Of the run before this one. */
  readonly previous: boolean
  readonly lines: number
}

/** Reads what workloads stand in: their namespace, and whose name their pods act under. */
export interface NamespaceReader {
  /** Whether the namespace is there. @throws EnvsealError as a {@link Cluster} does. */
  hasNamespace(): Promise<boolean>
  /** @returns `null` when it does not exist. @throws EnvsealError as a {@link Cluster} does. */
  serviceAccount(name: string): Promise<ServiceAccount | null>
}

/** Lists what is in a cluster. */
export interface WorkloadLister {
  /** What the user calls the cluster. */
  readonly name: string
  /**
   * @param namespace `null` for all of them.
   * @throws EnvsealError as a {@link Cluster} does.
   */
  workloads(kind: WorkloadKind, namespace: string | null): Promise<readonly Workload[]>
}

/** Follows what is in a cluster. */
export interface WorkloadWatcher {
  /**
   * Watches the workloads of one kind, as {@link Cluster.observe} does.
   *
   * @param namespace `null` for all of them.
   */
  observeWorkloads(
    kind: WorkloadKind,
    namespace: string | null,
    signal: AbortSignal,
  ): AsyncIterable<Observation<readonly Workload[]>>
}

/**
 * One namespace of a cluster. Every method throws an `EnvsealError`: `ACCESS_DENIED`, `CREDENTIALS_REFUSED`,
 * `NO_CREDENTIALS`, `REMOTE_FAILED` or what is named beside it. Requests that change nothing, and those that can
 * be repeated without harm, are repeated for a short while when the way to the server fails.
 */
export interface Cluster {
  /** What the user calls it. */
  readonly name: string
  /** URL of the API server. */
  readonly server: string
  /** As in `ServerAddress`. */
  readonly serverName: string | null
  readonly namespace: string
  /** @returns the name of the user as the server sees it (SelfSubjectReview). */
  whoAmI(): Promise<string>
  /** @returns those of the rights that the user does not have (SelfSubjectAccessReview). */
  missingRights(rights: readonly Right[]): Promise<readonly Right[]>
  /** @returns `null` when it does not exist. */
  read(ref: WorkloadRef): Promise<Workload | null>
  /**
   * Changes an object by JSON patch, as the field manager `envseal`.
   *
   * @throws `PATCH_CONFLICT` when a `test` of the patch does not hold: somebody else has changed it.
   * `PATCH_REFUSED` when the server does not take the change.
   */
  patch(ref: WorkloadRef, steps: readonly JsonPatchStep[], fence?: Fence): Promise<Workload>
  /**
   * Asks whether {@link patch} would be taken, and changes nothing (`dryRun=All`). Where an admission webhook cannot be
   * tried, nothing is known, and nothing is thrown.
   *
   * @throws as {@link patch} does.
   */
  rehearse(ref: WorkloadRef, steps: readonly JsonPatchStep[]): Promise<void>
  /**
   * Watches workloads of these kinds, with their ReplicaSets and pods, by one watch for each kind of object.
   * Goes on through dropped connections, stalls, expired resource versions and tokens, and restarts of the
   * server. Ends only when `signal` aborts, without a failure, or by throwing what cannot pass.
   */
  observe(kinds: readonly WorkloadKind[], signal: AbortSignal): AsyncIterable<Observation>
  pods(labelSelector: string): Promise<readonly Pod[]>
  /** Deletes just this pod; one of the same name that has another uid stays. Nothing happens when it is gone. */
  deletePod(name: string, uid: string, fence?: Fence): Promise<void>
  /** Deletes just this Job, and its pods after it; as {@link deletePod} does. */
  deleteJob(name: string, uid: string, fence?: Fence): Promise<void>
  /** What was reported of the object with this uid, oldest first. */
  events(uid: string): Promise<readonly ClusterEvent[]>
  /** The last lines of a container's log; none when there is no log. */
  log(request: LogRequest): Promise<readonly string[]>
  /** @returns `null` when there is already one of that name. @throws `PATCH_REFUSED`. */
  createJob(job: NewJob, fence?: Fence): Promise<Job | null>
  readJob(name: string): Promise<Job | null>
  /**
   * Ends a Job that goes on though its work is done, and writes down how that ended.
   *
   * @param annotation name and value.
   */
  endJob(name: string, annotation: readonly [name: string, value: string]): Promise<void>
  readLease(name: string): Promise<Lease | null>
  /**
   * Creates the lease when it has no `resourceVersion`, else replaces just that version of it.
   *
   * @returns the lease as it is stored, or `null` when another one was first.
   */
  writeLease(lease: Lease): Promise<Lease | null>
  /** Deletes just this version of it. @returns false when it is gone, or has changed since. */
  deleteLease(lease: Lease): Promise<boolean>
}
