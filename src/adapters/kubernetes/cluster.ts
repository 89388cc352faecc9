import type { EnvsealError } from "../../core/error.ts"
import type {
  ClusterEvent,
  Job,
  JsonPatchStep,
  Lease,
  NewJob,
  Pod,
  ServiceAccount,
  Workload,
} from "../../core/kubernetes.ts"
import { type WorkloadKind, type WorkloadRef, workloadText } from "../../core/workload.ts"
import type {
  Cluster,
  ClusterAccess,
  Fence,
  LogRequest,
  NamespaceReader,
  Observation,
  Right,
  WorkloadLister,
  WorkloadWatcher,
} from "../../ports/cluster.ts"
import type { Activity, Log } from "../../ports/log.ts"
import { mayDo, whoAmI } from "./access-review.ts"
import { ApiClient } from "./client.ts"
import { isRefusal, isUnmatchedPatch, patchConflict, refusedChange } from "./error.ts"
import { eventsInOrder, type TimedEvent } from "./event-order.ts"
import { NetworkFailure, orNull } from "./failure.ts"
import { contains, isPatched } from "./json-patch.ts"
import { type RequestLimits, usualLimits } from "./limits.ts"
import { listAll } from "./list.ts"
import { observe, observeWorkloads } from "./observe.ts"
import type { Operation } from "./operation.ts"
import {
  events,
  jobs,
  leases,
  pods,
  type Resource,
  serviceAccounts,
  withKind,
  workloadResources,
} from "./resource.ts"

const fieldManager = "envseal"
const maxLogBytes = 64 * 1024
const maxEvents = 500

export interface NamespaceSettings {
  readonly log: Log
  readonly activity: Activity
  /** Of time; the usual ones when left out. */
  readonly limits?: Partial<RequestLimits>
}

/** A {@link Cluster} over the API server's own HTTP (Kubernetes API reference). */
export class KubernetesCluster implements Cluster, NamespaceReader, WorkloadLister, WorkloadWatcher {
  readonly name: string
  readonly server: string
  readonly serverName: string | null
  readonly namespace: string
  readonly #client: ApiClient

  constructor(access: ClusterAccess, namespace: string, { log, activity, limits }: NamespaceSettings) {
    this.name = access.name
    this.server = access.server
    this.serverName = access.insecure ? null : access.tlsServerName
    this.namespace = namespace
    this.#client = new ApiClient(access, { log, activity, limits: { ...usualLimits, ...limits } })
  }

  whoAmI(): Promise<string> {
    return whoAmI(this.#client)
  }

  async missingRights(rights: readonly Right[]): Promise<readonly Right[]> {
    const allowed = await Promise.all(rights.map((right) => mayDo(this.#client, this.namespace, right)))
    return rights.filter((_, i) => allowed[i] !== true)
  }

  async read({ kind, name }: WorkloadRef): Promise<Workload | null> {
    const object = await this.#read<Workload>(workloadResources[kind], name)
    // Whole: who manages it is in what the server keeps book of.
    return object === null ? null : ({ ...object, kind } as Workload)
  }

  async patch(ref: WorkloadRef, steps: readonly JsonPatchStep[], fence?: Fence): Promise<Workload> {
    const resource = workloadResources[ref.kind]
    const operation: Operation = {
      ...this.#operation("patch", resource, ref.name),
      ...fenced(fence),
      query: { fieldManager },
      body: steps,
      contentType: "application/json-patch+json",
    }
    const patched = await this.#client.repeat(
      operation.right,
      async (attempt) => {
        const found = attempt === 1 ? null : await this.#readOnce<Workload>(resource, ref.name)
        return found !== null && isPatched(found, steps)
          ? found
          : this.#client.onceForObject<Workload>(operation)
      },
      (failure) => patchError(failure, ref),
    )
    return withKind(patched, ref.kind)
  }

  async rehearse(ref: WorkloadRef, steps: readonly JsonPatchStep[]): Promise<void> {
    const operation: Operation = {
      ...this.#operation("patch", workloadResources[ref.kind], ref.name),
      query: { fieldManager, dryRun: "All" },
      body: steps,
      contentType: "application/json-patch+json",
    }
    await this.#client.repeat(
      operation.right,
      () => this.#client.once(operation).catch(ignoreUntried),
      (failure) => patchError(failure, ref),
    )
  }

  async workloads(kind: WorkloadKind, namespace: string | null): Promise<readonly Workload[]> {
    const operation = { ...this.#operation("list", workloadResources[kind], null), namespace }
    const { items } = await listAll<Workload>(operation, (page) => this.#client.sendForObject(page))
    return items.map((workload) => withKind(workload, kind))
  }

  observe(kinds: readonly WorkloadKind[], signal: AbortSignal): AsyncIterable<Observation> {
    return observe(this.#client, this.namespace, kinds, signal)
  }

  observeWorkloads(
    kind: WorkloadKind,
    namespace: string | null,
    signal: AbortSignal,
  ): AsyncIterable<Observation<readonly Workload[]>> {
    return observeWorkloads(this.#client, namespace, kind, signal)
  }

  async pods(labelSelector: string): Promise<readonly Pod[]> {
    const operation = { ...this.#operation("list", pods, null), query: { labelSelector } }
    const { items } = await listAll<Pod>(operation, (page) => this.#client.sendForObject(page))
    return items.map((pod) => withKind(pod, "Pod"))
  }

  async deletePod(name: string, uid: string, fence?: Fence): Promise<void> {
    const operation = { ...this.#deletion(pods, name, { uid }), ...fenced(fence) }
    await this.#client.repeat(operation.right, () => orNull([404, 409], this.#client.once(operation)))
  }

  async deleteJob(name: string, uid: string, fence?: Fence): Promise<void> {
    const { body, ...rest } = this.#deletion(jobs, name, { uid })
    // A Job's pods would stay, unless the request says otherwise (batch/v1, DefaultGarbageCollectionPolicy).
    const operation = { ...rest, body: { ...body, propagationPolicy: "Background" }, ...fenced(fence) }
    await this.#client.repeat(operation.right, () => orNull([404, 409], this.#client.once(operation)))
  }

  async events(uid: string): Promise<readonly ClusterEvent[]> {
    const list = await this.#client.sendForObject<{ readonly items?: readonly TimedEvent[] | null }>({
      ...this.#operation("list", events, null),
      query: { fieldSelector: `involvedObject.uid=${uid}`, limit: maxEvents },
    })
    return eventsInOrder(list.items ?? [])
  }

  async log({ pod, container, previous, lines }: LogRequest): Promise<readonly string[]> {
    const operation: Operation = {
      ...this.#operation("get", { ...pods, resource: "pods/log" }, pod),
      query: { container, previous, tailLines: lines, limitBytes: maxLogBytes },
    }
    // 400 while the container has not started, or never ran before.
    const text = await this.#client.repeat(operation.right, () =>
      orNull([400, 404], this.#client.once(operation)),
    )
    return (text ?? "").split(/\r?\n/).filter((line, i, all) => line !== "" || i < all.length - 1)
  }

  async createJob(job: NewJob, fence?: Fence): Promise<Job | null> {
    const body = { apiVersion: "batch/v1", kind: "Job", ...job }
    const operation = {
      ...this.#operation("create", jobs, null),
      ...{ query: { fieldManager }, body, ...fenced(fence) },
    }
    return this.#client.repeat(
      operation.right,
      async (attempt) => {
        const created = await orNull([409], this.#client.onceForObject<Job>(operation))
        return (
          created ?? this.#ownAfterRepeat<Job>(attempt, jobs, job.metadata.name, { metadata: job.metadata })
        )
      },
      (failure) => (isRefusal(failure) ? refusedChange(failure, `the Job ${job.metadata.name}`) : null),
    )
  }

  async hasNamespace(): Promise<boolean> {
    const right = { verb: "get", group: "", resource: "namespaces", name: this.namespace } as const
    const operation: Operation = { right, namespace: null }
    return this.#client.repeat(
      right,
      async () => (await orNull([404], this.#client.onceForObject<object>(operation))) !== null,
    )
  }

  serviceAccount(name: string): Promise<ServiceAccount | null> {
    return this.#read<ServiceAccount>(serviceAccounts, name)
  }

  readJob(name: string): Promise<Job | null> {
    return this.#read<Job>(jobs, name)
  }

  async endJob(name: string, [key, value]: readonly [string, string]): Promise<void> {
    // Its deadline may be set at any time (batch/v1, ValidateJobSpecUpdate); the pods are ended by it in order.
    const operation: Operation = {
      ...this.#operation("patch", jobs, name),
      query: { fieldManager },
      body: { metadata: { annotations: { [key]: value } }, spec: { activeDeadlineSeconds: 1 } },
      contentType: "application/merge-patch+json",
    }
    await this.#client.repeat(
      operation.right,
      () => orNull([404], this.#client.once(operation)),
      (failure) => (isRefusal(failure) ? refusedChange(failure, `the change of the Job ${name}`) : null),
    )
  }

  readLease(name: string): Promise<Lease | null> {
    return this.#read<Lease>(leases, name)
  }

  async writeLease(lease: Lease): Promise<Lease | null> {
    const { name, resourceVersion } = lease.metadata
    const operation: Operation = {
      ...(resourceVersion === undefined
        ? this.#operation("create", leases, null)
        : this.#operation("update", leases, name)),
      query: { fieldManager },
      body: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...lease },
    }
    return this.#client.repeat(operation.right, async (attempt) => {
      const written = await orNull([404, 409], this.#client.onceForObject<Lease>(operation))
      return written ?? this.#ownAfterRepeat<Lease>(attempt, leases, name, { spec: lease.spec })
    })
  }

  async deleteLease({ metadata: { name, uid, resourceVersion } }: Lease): Promise<boolean> {
    if (resourceVersion === undefined) return false
    const operation = this.#deletion(leases, name, { resourceVersion, ...(uid === undefined ? {} : { uid }) })
    return this.#client.repeat(operation.right, async (attempt) => {
      const deleted = await orNull([404, 409], this.#client.once(operation))
      if (deleted !== null || attempt === 1) return deleted !== null
      // Gone after an attempt that was not heard of: it is that attempt's work.
      return (await this.#readOnce<Lease>(leases, name)) === null
    })
  }

  #operation(verb: Right["verb"], { group, resource }: Resource, name: string | null): Operation {
    return { right: { verb, group, resource, name }, namespace: this.namespace }
  }

  #deletion(resource: Resource, name: string, preconditions: Readonly<Record<string, string>>) {
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions }
    return { ...this.#operation("delete", resource, name), body }
  }

  async #read<T>(resource: Resource, name: string): Promise<T | null> {
    const { right } = this.#operation("get", resource, name)
    return this.#client.repeat(right, () => this.#readOnce<T>(resource, name))
  }

  /** One attempt. @throws Failure. */
  #readOnce<T>(resource: Resource, name: string): Promise<T | null> {
    return orNull([404], this.#client.onceForObject<T>(this.#operation("get", resource, name)))
  }

  /** @returns an object that is there already, where it is what an attempt of ours that was not heard of left. */
  async #ownAfterRepeat<T>(
    attempt: number,
    resource: Resource,
    name: string,
    wanted: unknown,
  ): Promise<T | null> {
    if (attempt === 1) return null
    const found = await this.#readOnce<T>(resource, name)
    return contains(found, wanted) ? found : null
  }
}

function fenced(fence: Fence | undefined): Pick<Operation, "fence"> {
  return fence === undefined ? {} : { fence }
}

function patchError(failure: NetworkFailure, ref: WorkloadRef): EnvsealError | null {
  if (isUnmatchedPatch(failure)) return patchConflict(workloadText(ref))
  return isRefusal(failure) ? refusedChange(failure, `the change of ${workloadText(ref)}`) : null
}

/** A webhook with side effects is not called for what is only tried: the server refuses the trial (apiserver, webhook). */
function ignoreUntried(error: unknown): void {
  if (!(error instanceof NetworkFailure) || !/does not support dry run/.test(error.message)) throw error
}
