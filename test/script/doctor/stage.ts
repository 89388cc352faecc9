import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import type { Finding } from "../../../src/doctor/core/finding.ts"
import type { Section } from "../../../src/doctor/run/doctor.ts"
import { environmentFor, type FakeAws, startFakeAws } from "../../fake/aws/client.ts"
import type { World } from "../../fake/aws/world.ts"
import { type FakeKubernetes, startFakeKubernetes } from "../../fake/kubernetes/client.ts"
import type { Json } from "../../fake/kubernetes/json-patch.ts"
import { adminRules } from "../../fake/kubernetes/rbac.ts"
import { type Run, type Sandbox, sandbox, seconds } from "../harness.ts"
import { healthyWorld, repositoryFiles, rules, schedule, serviceAccount, settingsText, web } from "./site.ts"

const changeable = ["deployments", "cronjobs", "serviceaccounts"] as const

export type Changeable = (typeof changeable)[number]

/** A cluster in which a fault can be planted. */
export interface Ground {
  /** By a merge patch. */
  patch(resource: Changeable, name: string, patch: Json): Promise<void>
  delete(resource: Changeable, name: string): Promise<void>
  /** Takes one right from the deployer: to patch the Deployment. */
  takeRight(): Promise<void>
}

/** An environment that is in order, and a folder with an envseal.yaml for it. */
export interface Scene {
  readonly aws: FakeAws
  readonly ground: Ground
  readonly box: Sandbox
  /** Variables of each who can ask. */
  readonly env: Readonly<Record<"deployer" | "shop-build" | "shop-pod", Record<string, string>>>
}

/** Changes the world by what it is now. */
export async function changeWorld({ aws }: Scene, change: (world: World) => Partial<World>): Promise<void> {
  await aws.setWorld(change(await aws.world()))
}

/** Replaces a text of envseal.yaml that is there once. */
export function changeSettings({ box }: Scene, from: string, to: string): void {
  const path = box.path("envseal.yaml")
  const text = readFileSync(path, "utf8")
  if (text.split(from).length !== 2) throw new Error(`envseal.yaml has not just one ${from}`)
  writeFileSync(path, text.replace(from, to))
}

/** What the doctor told. */
export interface Told extends Run {
  readonly findings: readonly Finding[]
  /** The links that are a no, such as `key.state alias/envseal`. */
  readonly no: readonly string[]
  readonly unchecked: readonly string[]
}

export async function doctor(
  { box, env }: Scene,
  as: "deployer" | "build" | "pod" = "deployer",
  more: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Told> {
  const who = as === "deployer" ? "deployer" : (`shop-${as}` as const)
  // Each link is told as it is, however slow this machine is.
  const line = ["doctor", "production", "--as", as, "--json", "--timeout", await seconds(30), ...args]
  const run = await box.envseal(line, { env: { ...env[who], ...more } })
  const findings = run.stdout === "" ? [] : sectionsOf(run.stdout).flatMap((section) => section.findings)
  const of = (answer: Finding["answer"]) =>
    findings.filter((one) => one.answer === answer).map(({ link, about }) => `${link} ${about}`.trim())
  return { ...run, findings, no: of("no"), unchecked: of("not checked") }
}

function sectionsOf(text: string): readonly Section[] {
  return JSON.parse(text).environments
}

/** A scene of two fakes. */
export interface Stage extends Scene, AsyncDisposable {
  readonly cluster: FakeKubernetes
  /** Puts everything back in order. */
  reset(): Promise<void>
}

export async function startStage(): Promise<Stage> {
  const box = sandbox(repositoryFiles)
  const narrow = rules.map((rule) =>
    rule.resources.includes("deployments") && rule.resourceNames !== undefined
      ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== "patch") }
      : rule,
  )
  const cluster = await startFakeKubernetes({
    namespaces: ["shop"],
    users: {
      deployer: { rules, namespace: "shop" },
      narrow: { rules: narrow, namespace: "shop" },
      admin: { rules: adminRules },
    },
  })
  const world = healthyWorld({ endpoint: cluster.url, ca: Buffer.from(cluster.ca).toString("base64") })
  const aws = await startFakeAws(world)
  const env = {
    deployer: {
      ...environmentFor(aws, { via: "static", role: "deployer", folder: box.folder }),
      KUBECONFIG: await cluster.kubeconfig(box.folder, "deployer"),
    },
    "shop-build": environmentFor(aws, { via: "static", role: "shop-build", folder: box.folder }),
    "shop-pod": environmentFor(aws, { via: "static", role: "shop-pod", folder: box.folder }),
  }
  const healthyConfig = env.deployer.KUBECONFIG
  const reset = async () => {
    await aws.setWorld({ clockSkewSeconds: 0, ...world })
    await aws.clearRequests()
    for (const resource of changeable) {
      for (const { metadata } of await cluster.list(resource)) await cluster.delete(resource, metadata.name)
    }
    for (const object of [serviceAccount, web, schedule]) await cluster.create({ spec: {}, ...object })
    await cluster.clearRequests()
    writeFileSync(box.path("envseal.yaml"), settingsText({ context: "fake", server: cluster.url }))
    env.deployer.KUBECONFIG = healthyConfig
  }
  await reset()
  return {
    ...{ aws, cluster, box, env, reset },
    ground: {
      patch: (resource, name, patch) => cluster.patch({ resource, name }, patch),
      delete: (resource, name) => cluster.delete(resource, name),
      takeRight: async () => {
        mkdirSync(box.path("narrow"), { recursive: true })
        env.deployer.KUBECONFIG = await cluster.kubeconfig(box.path("narrow"), "narrow")
      },
    },
    async [Symbol.asyncDispose]() {
      await cluster.stop()
      await aws.stop()
    },
  }
}
