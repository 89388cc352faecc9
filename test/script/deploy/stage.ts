import type { ChildProcess } from "node:child_process"
import { writeFileSync } from "node:fs"
import type { Problem } from "../../../src/core/error.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import { rightsOf, roleRules } from "../../../src/deploy/run/rights.ts"
import type { Play } from "../../fake/aws/build-play.ts"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import { builtDigest, deployer, deployWorld, shopCluster, shopProject } from "../../fake/aws/deploy-world.ts"
import type { Project } from "../../fake/aws/project.ts"
import { account, type World } from "../../fake/aws/world.ts"
import { type FakeKubernetes, startFakeKubernetes, type Way } from "../../fake/kubernetes/client.ts"
import { adminRules } from "../../fake/kubernetes/rbac.ts"
import type { Setup } from "../../fake/kubernetes/setup.ts"
import { type Run, type Sandbox, sandbox } from "../harness.ts"

export const repository = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"
export const oldImage = `${repository}@sha256:${"0".repeat(64)}`
/** As ECR has it. */
export const oldPush = {
  digest: `sha256:${"0".repeat(64)}`,
  tags: ["old"],
  pushedAt: "2026-01-01T03:04:05Z",
} as const
/** What the builds of the stage push first. */
export const newImage = `${repository}@${builtDigest}`
/** What the stage's clusters keep as the lock. */
export const lease = "envseal-shop-production"
export const commit = "a".repeat(40)

/** A fake AWS and a fake cluster that trust each other, and a folder with an envseal.yaml for them. */
export interface Stage extends AsyncDisposable {
  readonly aws: FakeAws
  readonly cluster: FakeKubernetes
  readonly box: Sandbox
  /** The variables of the laptop. */
  readonly env: Record<string, string>
}

export interface StageOptions {
  readonly builds: readonly Play[]
  /** Of the project that builds. */
  readonly project?: Partial<Project>
  readonly world?: Partial<World>
  /** Lines of the settings under the environment, beside the usual ones. */
  readonly settings?: string
  readonly workloads?: readonly string[]
  /** Lines of the settings under `image`, beside its repository. */
  readonly image?: readonly string[]
  /** What the settings say the account is; by default the one of the credentials. */
  readonly accountId?: string
  /** What the settings say the namespace is. */
  readonly namespace?: string
  /** Lines of the settings under `cluster`, beside its namespace. */
  readonly cluster?: readonly string[]
  /** Of the cluster. */
  readonly setup?: Partial<Setup>
  /** How the kubeconfig proves who one is. */
  readonly way?: Way
  /** `rollout.settle`; none by default. */
  readonly settle?: string
  /** Seconds of the builds' clock in one of ours. */
  readonly speed?: number
}

const workloadsByDefault = ["deployment/web"]

export async function startStage(options: StageOptions): Promise<Stage> {
  const { builds, settings = "", workloads = workloadsByDefault, way = "token" } = options
  const box = sandbox()
  const rules = rulesOf(workloads)
  const aws = await startFakeAws({
    ...deployWorld,
    projects: [shopProject(builds, options.project)],
    repositories: [{ name: "shop", images: [oldPush] }],
    buildClock: { speed: options.speed ?? 120 },
    ...options.world,
  })
  const cluster = await startFakeKubernetes({
    namespaces: ["shop"],
    users: {
      deployer: { rules, namespace: "shop" },
      // Who the deployer is to a cluster that asks AWS.
      [`arn:aws:sts::${account}:assumed-role/deployer/static`]: { rules, namespace: "shop" },
      admin: { rules: adminRules },
    },
    pace: { podStartMs: 100, secondMs: 20 },
    tokenWebhook: `${aws.url}/_eks/token-review/shop`,
    ...options.setup,
  })
  await aws.setWorld({ eksClusters: [shopCluster(cluster.url, Buffer.from(cluster.ca).toString("base64"))] })
  const kubeconfig = await cluster.kubeconfig(box.folder, "deployer", way)
  writeFileSync(
    box.path("envseal.yaml"),
    settingsText({
      workloads,
      settings,
      image: options.image ?? [],
      cluster: options.cluster ?? ["context: fake"],
      accountId: options.accountId ?? account,
      namespace: options.namespace ?? "shop",
      settle: options.settle ?? "0s",
    }),
  )
  const env = {
    ...environmentFor(aws, { via: "static", role: deployer.name, folder: box.folder }),
    KUBECONFIG: kubeconfig,
  }
  return {
    aws,
    cluster,
    box,
    env,
    async [Symbol.asyncDispose]() {
      await cluster.stop()
      await aws.stop()
    },
  }
}

/** As `--json` tells it, with its time as ISO 8601 has it. */
type ToldProgress = Progress & { readonly at: string }

/** A run that ended, and what it told. */
export interface Told extends Run {
  readonly progress: readonly ToldProgress[]
  /** Of the failure that it ended with; `null` for none. */
  readonly code: string | null
  /** The codes of its single faults. */
  readonly problems: readonly string[]
}

/** A run that goes on. */
export interface Going {
  readonly child: ChildProcess
  readonly done: Promise<Told>
  /** Waits until it tells something of a kind. @throws Error when it ends before */
  told<T extends Progress["type"]>(type: T): Promise<Extract<Progress, { type: T }>>
  /** Waits until its standard error has these words. @throws Error when it ends before */
  says(words: string): Promise<void>
}

const quick = ["--poll", "300ms"]

/** Runs `envseal deploy production` with `--json` to its end. */
export function deploy(stage: Stage, ...args: readonly string[]): Promise<Told> {
  return begin(stage, ["deploy", "production", ...quick, ...args]).done
}

/** Starts `envseal deploy production` with `--json`. */
export function beginDeploy(stage: Stage, ...args: readonly string[]): Going {
  return begin(stage, ["deploy", "production", ...quick, ...args])
}

export function rollback(stage: Stage, ...args: readonly string[]): Promise<Told> {
  return begin(stage, ["rollback", "production", ...args]).done
}

function begin({ box, env }: Stage, args: readonly string[]): Going {
  let process: ChildProcess | null = null
  const watch = (child: ChildProcess) => {
    process = child
  }
  const done = box.envseal([...args, "--json"], { env, watch }).then(toldBy)
  const child = process as ChildProcess | null
  if (child === null) throw new Error("a run has a process")
  let text = ""
  child.stdout?.on("data", (chunk: Buffer) => {
    text += chunk.toString()
  })
  let messages = ""
  child.stderr?.on("data", (chunk: Buffer) => {
    messages += chunk.toString()
  })
  return {
    ...{ child, done },
    told: (type) => telling(child, type, () => readProgress(text)),
    says: (words) => saying(child, words, () => messages),
  }
}

function saying(child: ChildProcess, words: string, read: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (read().includes(words)) resolve()
    }
    child.stderr?.on("data", look)
    child.once("close", () => reject(new Error(`it ended without ${words}: ${read()}`)))
    look()
  })
}

function telling<T extends Progress["type"]>(
  child: ChildProcess,
  type: T,
  read: () => readonly Progress[],
): Promise<Extract<Progress, { type: T }>> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = read().find((one): one is Extract<Progress, { type: T }> => one.type === type)
      if (found !== undefined) resolve(found)
    }
    child.stdout?.on("data", look)
    child.once("close", () => reject(new Error(`it ended without ${type}: ${JSON.stringify(read().at(-1))}`)))
    look()
  })
}

function toldBy(run: Run): Told {
  const line = run.stderr.split("\n").find((one) => one.startsWith('{"error":')) ?? "null"
  const report: { readonly error: { readonly code: string; readonly problems: readonly Problem[] } } | null =
    JSON.parse(line)
  const { code = null, problems = [] } = report?.error ?? {}
  return {
    ...run,
    progress: readProgress(run.stdout),
    code,
    problems: problems.map((problem) => problem.code),
  }
}

/** The last line may not be whole yet. */
function readProgress(text: string): readonly ToldProgress[] {
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
}

/** The last thing that a run told. @throws Error for a run that was not ended by itself */
export function endOf({ progress, stderr }: Told): Extract<Progress, { type: "ended" }> {
  const last = progress.at(-1)
  if (last?.type !== "ended") throw new Error(`it told no end: ${stderr}`)
  return last
}

/** The names of the operations that AWS was asked for so far. */
export async function operations({ aws }: Stage): Promise<readonly string[]> {
  return (await aws.requests()).map(({ operation }) => operation)
}

/** What was changed in the cluster by the one who deploys, such as `patch deployments web`. */
export async function changes({ cluster }: Stage): Promise<readonly string[]> {
  const changing = ["create", "update", "patch", "delete", "deletecollection"]
  return (await cluster.requests())
    .filter(({ verb, resource }) => changing.includes(verb) && !resource.startsWith("selfsubject"))
    .filter(({ query }) => query["dryRun"] === undefined)
    .map(({ verb, resource, name }) => `${verb} ${resource} ${name}`)
}

/** The rules that `envseal policy cluster` prints for these workloads. */
export function rulesOf(workloads: readonly string[]) {
  const kinds = {
    deployment: "Deployment",
    statefulset: "StatefulSet",
    daemonset: "DaemonSet",
    cronjob: "CronJob",
  } as const
  const refs = workloads.map((text) => {
    const [, kind = "deployment", name = ""] = /(\w+)(?:\/|: )(\w+)/.exec(text) ?? []
    return { kind: kinds[kind as keyof typeof kinds], name }
  })
  return roleRules(rightsOf({ workloads: refs, hooks: true, lease }))
}

function settingsText({
  workloads,
  settings,
  image,
  cluster,
  accountId,
  namespace,
  settle,
}: Required<
  Pick<StageOptions, "workloads" | "settings" | "image" | "cluster" | "accountId" | "namespace" | "settle">
>): string {
  return `version: 1
app: shop
environments:
  production:
    account: "${accountId}"
    region: eu-west-1
    build:
      project: shop
      source: ${commit}
    image:
      repository: ${repository}
${image.map((line) => `      ${line}\n`).join("")}    cluster:
${cluster.map((line) => `      ${line}`).join("\n")}
      namespace: ${namespace}
    workloads:
${workloads.map((text) => `      - ${text}`).join("\n")}
    rollout:
      # The workloads of the fake cluster have probes, and its plays say when they fail.
      settle: ${settle}
${settings}`
}
