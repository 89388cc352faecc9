import { writeFileSync } from "node:fs"
import { type Pod, podTemplateOf, type Workload } from "../../../src/core/kubernetes.ts"
import { type WorkloadKind, type WorkloadRef, workloadText } from "../../../src/core/workload.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import { rightsOf, roleRules } from "../../../src/deploy/run/rights.ts"
import type { Play as BuildPlay } from "../../fake/aws/build-play.ts"
import { shopProject, shopRepository } from "../../fake/aws/deploy-world.ts"
import { type Run, type RunOptions, type Sandbox, sandbox } from "../../script/harness.ts"
import { contextName } from "../cluster/kubeconfig.ts"
import { imageOf } from "../cluster/plays.ts"
import type { Manifest } from "../cluster/workloads.ts"
import { hangMs } from "../hang.ts"
import { awsUser, clusterUser, type NextBuild, prepareBuild, type Stage } from "./stage.ts"

/** What every workload runs before the first deploy. */
export const oldImage = imageOf("ready")

const group = "rbac.authorization.k8s.io"
const commit = "a".repeat(40)
const patience = "300s"

/** A namespace with workloads, and an envseal.yaml for them. */
export interface ShopInit {
  readonly namespace: string
  readonly workloads: readonly Manifest[]
  /** Reaches the cluster by its name in EKS, and not by a kubeconfig. */
  readonly byEks?: true
  /** The command of a hook `migrate` before the workloads change, with the first one's pod template. */
  readonly migrate?: readonly string[]
  /** How long all must stay ready before a release counts as proven; not at all when it is left out. */
  readonly settle?: string
  /** How long the pods may take until the first deploy; 90 seconds when it is left out. */
  readonly patience?: string
  /** What the pods of the workloads need of the namespace. */
  readonly objects?: readonly Manifest[]
}

/** How envseal ended, and what it told. */
export interface Deploy extends Run {
  readonly progress: readonly Progress[]
  /** Code of the error on the standard error; `null` when there is none. */
  readonly code: string | null
}

/** Workloads that are deployed to, and kubectl as the witness of it. */
export class Shop {
  readonly namespace: string
  readonly #stage: Stage
  readonly #refs: readonly WorkloadRef[]
  readonly #box: Sandbox
  readonly #env: Readonly<Record<string, string>>

  private constructor(stage: Stage, { namespace, ...init }: ShopInit) {
    this.namespace = namespace
    this.#stage = stage
    this.#refs = init.workloads.map(({ kind, metadata }) => ({
      ...{ kind: kind as WorkloadKind, name: metadata.name },
    }))
    this.#box = sandbox()
    const { KUBECONFIG: _, ...withoutKubeconfig } = stage.env
    this.#env = init.byEks ? withoutKubeconfig : stage.env
    writeFileSync(this.#box.path("envseal.yaml"), settingsOf({ namespace, ...init }, this.workloads))
  }

  /** Makes the namespace, grants what a deploy needs and no more, and waits until every pod is ready. */
  static async open(stage: Stage, init: ShopInit): Promise<Shop> {
    const shop = new Shop(stage, init)
    await stage.plane.namespace(init.namespace)
    await stage.plane.apply(
      ...shop.#grant(init.migrate !== undefined),
      ...[...(init.objects ?? []), ...init.workloads],
    )
    for (const workload of shop.#watched) {
      await shop.kubectl("rollout", "status", workload, `--timeout=${init.patience ?? patience}`)
    }
    return shop
  }

  /** `deployment/web` and so on. */
  get workloads(): readonly string[] {
    return this.#refs.map(workloadText)
  }

  get #watched(): readonly string[] {
    return this.#refs.filter(({ kind }) => kind !== "CronJob").map(workloadText)
  }

  /** As the administrator, in this namespace. @throws Error when it does not end with 0. */
  kubectl(...args: readonly string[]): Promise<string> {
    // What comes after `--` is another program's.
    return this.#stage.plane.read(["--namespace", this.namespace, ...args])
  }

  /** Builds an image of that play, and deploys it. */
  async deploy(build: NextBuild, args: readonly string[] = [], options: RunOptions = {}): Promise<Deploy> {
    await prepareBuild(this.#stage, build)
    return this.#deploy(["--poll", "500ms", ...args], options)
  }

  /** Has the next build go like that, and deploys what comes of it. */
  async deployPlay(play: BuildPlay, args: readonly string[] = []): Promise<Deploy> {
    await this.#stage.aws.setWorld({ projects: [shopProject([play])] })
    return this.#deploy(["--poll", "500ms", ...args], {})
  }

  /** Deploys an image that is there. */
  deployImage(image: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Deploy> {
    return this.#deploy(["--image", image, ...args], options)
  }

  async #deploy(args: readonly string[], options: RunOptions): Promise<Deploy> {
    const line = ["deploy", "production", "--json", ...args]
    const env = { ...this.#env, ...options.env }
    const run = await this.#box.envseal(line, { limitMs: hangMs, ...options, env })
    return { ...run, progress: run.stdout.split("\n").filter(Boolean).map(parseProgress), code: codeOf(run) }
  }

  /** Runs another command, as the one who deploys. */
  envseal(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    return this.#box.envseal(args, { ...options, env: { ...this.#stage.env, ...options.env } })
  }

  /** What `kubectl rollout status` says of each workload at this moment. A CronJob has none. */
  rolloutStatus(): Promise<readonly string[]> {
    return Promise.all(this.#watched.map((one) => this.kubectl("rollout", "status", one, "--watch=false")))
  }

  /** The images of each workload's template, in the order of the workloads. */
  images(): Promise<readonly string[]> {
    return Promise.all(
      this.workloads.map(async (one) => {
        const live: Workload = JSON.parse(await this.kubectl("get", one, "-o", "json"))
        return podTemplateOf(live)
          .spec.containers.map(({ image }) => image ?? "")
          .join(" ")
      }),
    )
  }

  /** How many pods there are of each image, those left out that are being deleted. */
  async podImages(): Promise<Readonly<Record<string, number>>> {
    const { items }: { readonly items: readonly Pod[] } = JSON.parse(
      await this.kubectl("get", "pods", "-o", "json"),
    )
    const counts: Record<string, number> = {}
    for (const { metadata, spec } of items) {
      const image = spec.containers[0]?.image ?? ""
      if (metadata.deletionTimestamp === undefined) counts[image] = (counts[image] ?? 0) + 1
    }
    return counts
  }

  /** The leases that are still there. */
  leases(): Promise<string> {
    return this.kubectl("get", "leases", "-o", "name")
  }

  #grant(hooks: boolean): readonly Manifest[] {
    const metadata = { name: "envseal", namespace: this.namespace }
    const apiVersion = `${group}/v1`
    const rules = roleRules(rightsOf({ workloads: this.#refs, hooks, lease: "envseal-shop-production" }))
    return [
      { apiVersion, kind: "Role", metadata, rules },
      {
        ...{ apiVersion, kind: "RoleBinding", metadata },
        roleRef: { apiGroup: group, kind: "Role", name: metadata.name },
        subjects: [clusterUser, awsUser].map((name) => ({ apiGroup: group, kind: "User", name })),
      },
    ]
  }
}

function codeOf({ stderr }: Run): string | null {
  const line = stderr.split("\n").find((text) => text.startsWith('{"error"'))
  return line === undefined ? null : JSON.parse(line).error.code
}

function parseProgress(line: string): Progress {
  return JSON.parse(line)
}

function settingsOf(
  { namespace, migrate, byEks, settle = "0s" }: ShopInit,
  workloads: readonly string[],
): string {
  const environment = {
    account: "111122223333",
    region: "eu-west-1",
    build: { project: "shop", source: commit },
    image: { repository: shopRepository },
    cluster: { ...(byEks ? { eks: "shop" } : { context: contextName }), namespace },
    workloads,
    rollout: { settle },
    ...(migrate === undefined
      ? {}
      : { hooks: { before: [{ name: "migrate", workload: workloads[0], command: migrate }] } }),
  }
  // JSON is YAML too.
  return JSON.stringify({ version: 1, app: "shop", environments: { production: environment } }, null, 2)
}
