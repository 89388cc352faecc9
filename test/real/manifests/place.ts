import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { podTemplateOf, type Workload } from "../../../src/core/kubernetes.ts"
import { manifestsFor } from "../../../src/setup/core/manifests.ts"
import { newSite } from "../../../src/setup/core/site.ts"
import { type Sandbox, sandbox } from "../../script/harness.ts"
import type { ControlPlane } from "../cluster/control-plane.ts"
import { contextName } from "../cluster/kubeconfig.ts"
import type { KubectlEnd } from "../cluster/kubectl.ts"
import { imageOf } from "../cluster/plays.ts"
import { clusterUser, type Stage } from "../deploy/stage.ts"

/** What runs first, and what is deployed after it. None of them is all zeros, which is an example's. */
export const [firstImage, secondImage] = [imageOf("ready", 1), imageOf("ready", 2)]
/** What the manifests of 0.1.0 have. */
export const exampleImage = imageOf("ready")

const folder = "kubernetes/production"

/** The ways in which a folder of manifests is applied. */
export const ways = {
  "client-side apply": ["apply", "-f"],
  "server-side apply": ["apply", "--server-side", "-f"],
  "server-side apply with --force-conflicts": ["apply", "--server-side", "--force-conflicts", "-f"],
  replace: ["replace", "-f"],
  "apply --force": ["apply", "--force", "-f"],
  "replace --force": ["replace", "--force", "-f"],
} as const

export type Way = keyof typeof ways

/** A namespace, and a repository with the manifests of `envseal init` for it. */
export class Place {
  readonly #plane: ControlPlane
  readonly #stage: Stage
  readonly namespace: string
  readonly #box: Sandbox

  private constructor(stage: Stage, namespace: string) {
    this.#plane = stage.plane
    this.#stage = stage
    this.namespace = namespace
    this.#box = sandbox({ "envseal.yaml": settingsOf(namespace) })
    for (const { path, text } of this.#texts()) this.write(path, text)
  }

  static async open(stage: Stage, namespace: string): Promise<Place> {
    await stage.plane.namespace(namespace)
    const role = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" }
    await stage.plane.apply({
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
      metadata: { name: "envseal", namespace },
      ...{ roleRef: role, subjects: [{ apiGroup: role.apiGroup, kind: "User", name: clusterUser }] },
    })
    return new Place(stage, namespace)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.#box.path(path)), { recursive: true })
    writeFileSync(this.#box.path(path), text)
  }

  /** As the administrator. */
  kubectl(...args: readonly string[]): Promise<KubectlEnd> {
    return this.#plane.kubectl([...args, "--namespace", this.namespace])
  }

  /** The manifests as they are, once with the memory that the worker may have. */
  apply(way: Way, memory = "512Mi"): Promise<KubectlEnd> {
    this.#setMemory(memory)
    return this.kubectl(...ways[way], this.#box.path(folder))
  }

  /** The manifest of the worker, with an image in it. */
  applyText(way: Way, image: string): Promise<KubectlEnd> {
    const [worker] = this.#texts().filter(({ path }) => path.endsWith("worker.yaml"))
    this.write(
      "worker.yaml",
      (worker?.text ?? "").replace("- name: app", `- image: ${image}\n          name: app`),
    )
    return this.kubectl(...ways[way], this.#box.path("worker.yaml"))
  }

  #texts() {
    const names = { app: "shop", environment: "production", account: "111122223333", region: "eu-west-1" }
    return manifestsFor(newSite(names, { namespace: this.namespace }))
  }

  #setMemory(memory: string): void {
    for (const { path, text } of this.#texts()) {
      this.write(path, text.replace("limits: { memory: 512Mi }", `limits: { memory: ${memory} }`))
    }
  }

  /** As the deployer. */
  async manifests(...args: readonly string[]): Promise<string> {
    const run = await this.#box.envseal(["manifests", "production", ...args], { env: this.#stage.env })
    if (run.status !== 0) throw new Error(run.stderr)
    return run.stdout
  }

  /** What is said to be done first. */
  async begin(way: "client-side apply" | "server-side apply", ...args: readonly string[]): Promise<void> {
    const input = await this.manifests(...args)
    await this.#plane.read([...ways[way], "-"], { input })
  }

  /** What leaves the image to deploys. */
  setLastApplied(): Promise<KubectlEnd> {
    return this.kubectl("apply", "set-last-applied", "-f", this.#box.path(folder))
  }

  async workloads(): Promise<readonly Workload[]> {
    const names = ["deployment/shop-web", "deployment/shop-worker", "cronjob/shop-schedule"]
    const texts = await Promise.all(
      names.map((name) =>
        this.#plane.read(["get", name, "-o", "json", "--show-managed-fields", "--namespace", this.namespace]),
      ),
    )
    return texts.map((text) => JSON.parse(text))
  }

  /** The images of the app's containers, each once. */
  async images(): Promise<readonly string[]> {
    const all = (await this.workloads()).flatMap((workload) => {
      const { containers, initContainers = [] } = podTemplateOf(workload).spec
      return [...containers, ...initContainers].filter(({ name }) => name !== "nginx")
    })
    return [...new Set(all.map(({ image = "" }) => image))]
  }

  /** What is a workload's own, and no bookkeeping. */
  async specs(): Promise<readonly unknown[]> {
    return (await this.workloads()).map(({ spec }) => spec)
  }

  /** The memory that the worker may have. */
  async memory(): Promise<unknown> {
    const [, worker] = await this.workloads()
    const [app] = worker === undefined ? [] : podTemplateOf(worker).spec.containers
    return (app?.["resources"] as { limits?: { memory?: unknown } } | undefined)?.limits?.memory
  }
}

function settingsOf(namespace: string): string {
  const production = {
    account: "111122223333",
    region: "eu-west-1",
    build: { project: "shop" },
    image: { repository: imageOf("ready").split("@")[0] },
    cluster: { context: contextName, namespace },
    workloads: [
      { deployment: "shop-web", withoutOpen: ["public"] },
      "deployment/shop-worker",
      "cronjob/shop-schedule",
    ],
  }
  // JSON is YAML too.
  return JSON.stringify({ version: 1, app: "shop", environments: { production } }, null, 2)
}
