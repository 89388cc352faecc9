import { spawn } from "node:child_process"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Link } from "../aws/link.ts"
import { ProcessLink } from "../aws/process-link.ts"
import type { IssuedToken } from "./authentication.ts"
import type { Credential } from "./certificate.ts"
import type { Command, ObjectName } from "./command.ts"
import type { LoggedRequest } from "./exchange.ts"
import type { FailureRule } from "./failures.ts"
import type { Json } from "./json-patch.ts"
import type { Kinds, ResourceName } from "./kinds.ts"
import { type Way, writeKubeconfig } from "./kubeconfig.ts"
import { openCluster } from "./local.ts"
import type { Manifest } from "./manifest.ts"
import { defaultPace, type Pace } from "./pace.ts"
import type { Play, PlayName, Plays } from "./play.ts"
import type { Quotas } from "./pod-factory.ts"
import { resources } from "./resources.ts"
import { defaultSetup, type Setup } from "./setup.ts"
import type { Parting } from "./watch-hub.ts"
import type { Webhook } from "./webhook.ts"
import type { PatchType } from "./writing.ts"

export type { LoggedRequest } from "./exchange.ts"
export type { FailureRule } from "./failures.ts"
export type { Way } from "./kubeconfig.ts"
export { cronJob, daemonSet, deployment, statefulSet } from "./manifest.ts"
export type { Play } from "./play.ts"
export type { PolicyRule } from "./rbac.ts"
export type { User } from "./setup.ts"

/** What differs from the default setup. */
export type Options = Partial<Omit<Setup, "pace">> & { readonly pace?: Partial<Pace> }

const patience = { stepMs: 20, limitMs: 300_000 } as const

/**
 * Starts a fake cluster in this process, which has to have its event loop free. It ends with `stop`.
 *
 * @throws Error when the setup could not be.
 */
export async function startFakeKubernetes(options: Options = {}): Promise<FakeKubernetes> {
  const { url, link } = await openCluster(setupOf(options))
  return new FakeKubernetes(link, url, (await link.ask({ do: "ca" })) as string)
}

/**
 * Starts a fake cluster in another process, for one who blocks. It ends with `stop` or with this process.
 *
 * @throws Error when the setup could not be.
 */
export async function startFakeKubernetesApart(options: Options = {}): Promise<FakeKubernetes> {
  const args = [join(import.meta.dirname, "main.ts")]
  const child = spawn(process.execPath, args, { env: {}, stdio: "pipe" })
  const link = new ProcessLink<Command>(child, "the fake Kubernetes")
  link.send(setupOf(options))
  try {
    const url = await link.url
    return new FakeKubernetes(link, url, (await link.ask({ do: "ca" })) as string)
  } catch (error) {
    await link.close()
    throw error
  }
}

function setupOf(options: Options): Setup {
  return { ...defaultSetup, ...options, pace: { ...defaultPace, ...options.pace } }
}

/** A fake cluster that runs. Namespaces are `shop` where nothing else is said. */
export class FakeKubernetes {
  /** Of the API server. */
  readonly url: string
  /** The certificate of its authority, in PEM. */
  readonly ca: string
  readonly #link: Link<Command>

  constructor(link: Link<Command>, url: string, ca: string) {
    this.#link = link
    this.url = url
    this.ca = ca
  }

  /** Creates an object, as somebody with all rights. @throws Error for one that the API server would not take */
  async create(manifest: Manifest): Promise<void> {
    await this.#link.ask({ do: "create", object: { ...manifest } })
  }

  /** Creates workloads, and waits until all of their pods are available. */
  async deploy(...manifests: readonly Manifest[]): Promise<void> {
    for (const manifest of manifests) await this.create(manifest)
    for (const { kind, metadata } of manifests) {
      const resource = resources.find((one) => one.kind === kind)?.plural ?? "deployments"
      await this.rolledOut(resource, metadata.name, metadata.namespace)
    }
  }

  /** Waits until all pods of a workload are of its template, and available. @throws Error after five minutes */
  async rolledOut(resource: ResourceName, name: string, namespace = "shop"): Promise<void> {
    const what = `${resource} ${name} to be rolled out`
    await this.#until(what, () => this.#link.ask({ do: "rolled-out", resource, namespace, name }))
  }

  /** @returns `null` when there is none. */
  async read<R extends ResourceName>(
    resource: R,
    name: string,
    namespace = "shop",
  ): Promise<Kinds[R] | null> {
    return (await this.#link.ask({ do: "read", resource, namespace, name })) as Kinds[R] | null
  }

  async list<R extends ResourceName>(resource: R, namespace = "shop"): Promise<readonly Kinds[R][]> {
    return (await this.#link.ask({ do: "list", resource, namespace })) as readonly Kinds[R][]
  }

  /** The images of the containers of all pods that belong to a workload and are not being stopped, sorted. */
  async podImages(app: string, namespace = "shop"): Promise<readonly string[]> {
    const pods = (await this.list("pods", namespace)).filter(
      ({ metadata }) => metadata.labels?.["app"] === app && metadata.deletionTimestamp === undefined,
    )
    return pods.flatMap(({ spec }) => spec.containers.map(({ image = "" }) => image)).toSorted()
  }

  /** Waits until the objects of a resource are as the caller wants. @throws Error after five minutes */
  async until<R extends ResourceName>(
    resource: R,
    holds: (objects: readonly Kinds[R][]) => boolean,
    namespace = "shop",
  ): Promise<void> {
    await this.#until(`the ${resource}`, async () => holds(await this.list(resource, namespace)))
  }

  /** Changes an object, as somebody else with all rights. */
  async patch(
    name: { readonly resource: ResourceName; readonly name: string; readonly namespace?: string },
    patch: Json,
    type: PatchType = "merge",
  ): Promise<void> {
    const object: ObjectName = { namespace: "shop", ...name }
    await this.#link.ask({ do: "patch", ...object, type, patch })
  }

  /** Sets the image of one container, as `kubectl set image` by somebody else does. */
  async setImage(
    resource: "deployments" | "statefulsets" | "daemonsets" | "cronjobs",
    name: string,
    image: string,
    container = "app",
  ): Promise<void> {
    const template = { spec: { containers: [{ name: container, image }] } }
    const spec = resource === "cronjobs" ? { jobTemplate: { spec: { template } } } : { template }
    await this.patch({ resource, name }, { spec }, "strategic")
  }

  /** Sets the number of pods, as an autoscaler does. */
  async scale(resource: "deployments" | "statefulsets", name: string, replicas: number): Promise<void> {
    await this.patch({ resource, name }, { spec: { replicas } })
  }

  async delete(resource: ResourceName, name: string, namespace = "shop"): Promise<void> {
    await this.#link.ask({ do: "delete", resource, namespace, name })
  }

  /** Says what becomes of the containers of an image that start from now on. */
  async play(image: string, play: Play | PlayName): Promise<void> {
    const plays: Plays = { [image]: typeof play === "string" ? { do: play } : play }
    await this.#link.ask({ do: "plays", plays })
  }

  /** How many pods a namespace may have from now on; those that are not named, any number. */
  async setQuotas(quotas: Quotas): Promise<void> {
    await this.#link.ask({ do: "quotas", quotas })
  }

  /** Which admission webhooks there are from now on. What tests do themselves is not asked for. */
  async setWebhooks(...webhooks: readonly Webhook[]): Promise<void> {
    await this.#link.ask({ do: "webhooks", webhooks })
  }

  /** Adds a rule. Those that are there come first. */
  async fail(rule: FailureRule): Promise<void> {
    await this.#link.ask({ do: "fail", rule })
  }

  /** Takes all rules away. */
  async clearFailures(): Promise<void> {
    await this.#link.ask({ do: "clear-failures" })
  }

  /** How many watches are open. */
  async watches(): Promise<number> {
    return (await this.#link.ask({ do: "watches" })) as number
  }

  /** Parts with all open watches. After a `stall` their connections stay open, and nothing more comes. */
  async dropWatches(how: Parting): Promise<void> {
    await this.#link.ask({ do: "drop-watches", how })
  }

  /** Forgets the changes so far: who goes on from an old resource version gets 410. */
  async forget(): Promise<void> {
    await this.#link.ask({ do: "forget" })
  }

  /**
   * Cuts all connections, and listens no more for that time, or until something is done. Done when it listens again. The
   * changes are forgotten.
   */
  async restart(down: number | (() => Promise<unknown>)): Promise<void> {
    await this.#link.ask({ do: "stop" })
    await (typeof down === "number" ? sleep(down) : down())
    await this.#link.ask({ do: "start" })
  }

  /** All requests since the start or the last `clearRequests`, in the order in which they came. */
  async requests(): Promise<readonly LoggedRequest[]> {
    return (await this.#link.ask({ do: "requests" })) as readonly LoggedRequest[]
  }

  async clearRequests(): Promise<void> {
    await this.#link.ask({ do: "clear-requests" })
  }

  /** A new token. @throws Error for a user that is not in the setup */
  async token(user: string): Promise<string> {
    return ((await this.#link.ask({ do: "token", user })) as IssuedToken).token
  }

  /** From now on no token of the user is good that was handed out before. */
  async expireTokens(user: string): Promise<void> {
    await this.#link.ask({ do: "expire-tokens", user })
  }

  /** A new client certificate. @param validMs from now on; without it, for a day */
  async certificate(user: string, validMs: number | null = null): Promise<Credential> {
    return (await this.#link.ask({ do: "certificate", user, validMs })) as Credential
  }

  /** What KUBERNETES_EXEC_INFO held in each run of the exec plugin so far; empty where it was not set. */
  async execInfos(): Promise<readonly string[]> {
    return (await this.#link.ask({ do: "exec-infos" })) as readonly string[]
  }

  /**
   * Writes a kubeconfig with the context `fake`, and what belongs to it, into a folder that is there.
   *
   * @returns its path.
   */
  async kubeconfig(folder: string, user: string, way: Way = "token", namespace = "shop"): Promise<string> {
    const token = await this.token(user)
    const credential = await this.certificate(user)
    return writeKubeconfig(folder, {
      server: this.url,
      ca: this.ca,
      user,
      namespace,
      way,
      token,
      ...credential,
    })
  }

  /** Ends it and cuts its connections. Done when it is gone. */
  stop(): Promise<void> {
    return this.#link.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #until(what: string, holds: () => Promise<unknown>): Promise<void> {
    const end = performance.now() + patience.limitMs
    while (performance.now() < end) {
      if (await holds()) return
      await sleep(patience.stepMs)
    }
    throw new Error(`waited in vain for ${what}`)
  }
}
