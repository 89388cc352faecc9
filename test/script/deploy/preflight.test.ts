import { describe, expect, test } from "vitest"
import { successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import {
  changes,
  deploy,
  oldImage,
  operations,
  repository,
  rulesOf,
  type Stage,
  type StageOptions,
  startStage,
  type Told,
} from "./stage.ts"

const builds = [successPlay()]

async function expectNothingBegun(stage: Stage, run: Told, status: number, code: string) {
  expect([run.status, run.code]).toEqual([status, code])
  expect(await operations(stage)).not.toContain("StartBuild")
  expect(await changes(stage)).toEqual([])
}

interface Obstacle extends Omit<StageOptions, "builds"> {
  readonly when: string
  readonly status?: number
  readonly code: string
  /** A part of what it tells. */
  readonly says: string
  readonly problems?: readonly string[]
  /** Of the workload `web`. */
  readonly spec?: Readonly<Record<string, unknown>>
  readonly sidecars?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly command?: readonly string[]
}

const obstacles: readonly Obstacle[] = [
  {
    when: "the context leads to another cluster than the pinned one",
    cluster: ["context: fake", "server: https://10.0.0.1"],
    code: "WRONG_CLUSTER",
    says: "and production is on https://10.0.0.1",
  },
  {
    when: "there is no such context",
    cluster: ["context: other"],
    code: "KUBECONFIG_MALFORMED",
    says: "other",
  },
  {
    when: "a workload does not exist",
    workloads: ["deployment/web", "statefulset/queue"],
    code: "WORKLOAD_UNUSABLE",
    says: "does not exist in the namespace shop",
    problems: ["WORKLOAD_MISSING"],
  },
  {
    when: "there is no such namespace",
    namespace: "shopp",
    setup: { users: { deployer: { rules: rulesOf(["deployment/web"]) } } },
    code: "WORKLOAD_UNUSABLE",
    says: "does not exist in the namespace shopp",
    problems: ["WORKLOAD_MISSING"],
  },
  {
    when: "a workload has no such container",
    workloads: ["{ deployment: web, containers: [php] }"],
    code: "WORKLOAD_UNUSABLE",
    says: "has no container php; it has app",
    problems: ["CONTAINER_MISSING"],
  },
  {
    when: "a workload is paused",
    spec: { paused: true },
    code: "WORKLOAD_UNUSABLE",
    says: "is paused: kubectl rollout resume deployment/web",
    problems: ["WORKLOAD_PAUSED"],
  },
  {
    when: "a pod has two images of the repository, and no setting says which one is the app's",
    sidecars: { nginx: `${repository}:nginx` },
    code: "WORKLOAD_UNUSABLE",
    says: "write which containers get the app's image, such as { deployment: web, containers: [app] }",
    problems: ["SEVERAL_IMAGES"],
  },
  {
    when: "a container has a command that takes the place of envseal open",
    command: ["php", "artisan", "queue:work"],
    code: "WORKLOAD_UNUSABLE",
    says: "so that envseal open never runs",
    problems: ["NEVER_OPENS"],
  },
  {
    when: "the annotations of a workload have no room for the record of a deploy",
    annotations: { notes: "n".repeat(262_000) },
    code: "WORKLOAD_UNUSABLE",
    says: "metadata.annotations: Too long: may not be more than 262144 bytes",
    problems: ["CHANGE_REFUSED"],
  },
  {
    when: "one may not patch a workload",
    setup: { users: without("patch") },
    status: 5,
    code: "ACCESS_DENIED",
    says: "is not allowed to you",
    problems: ["RIGHT_MISSING"],
  },
  {
    when: "one may not even read a workload",
    setup: { users: without("get") },
    status: 5,
    code: "ACCESS_DENIED",
    says: "is not allowed to you",
    problems: ["RIGHT_MISSING"],
  },
]

/** The one who deploys, lacking a verb for Deployments. */
function without(lacking: string) {
  const rules = rulesOf(["deployment/web"]).map((rule) =>
    rule.resources?.some((name) => name === "deployments")
      ? { ...rule, verbs: rule.verbs.filter((verb) => verb !== lacking) }
      : rule,
  )
  return { deployer: { rules, namespace: "shop" } }
}

describe("envseal deploy begins nothing", () => {
  test.each(obstacles)("when $when", async ({ status = 2, code, says, problems = [], ...options }) => {
    await using stage = await startStage({ builds, ...options })
    const { spec = {}, sidecars = {}, annotations = {}, command } = options
    await stage.cluster.create(
      deployment("web", { image: oldImage, spec, sidecars, annotations, ...(command && { command }) }),
    )
    const run = await deploy(stage)
    await expectNothingBegun(stage, run, status, code)
    expect(run.problems).toEqual(problems)
    expect(run.stderr).toContain(says)
  })

  test("when the credentials are of another account", async () => {
    await using stage = await startStage({ builds, accountId: "444455556666" })
    await stage.cluster.create(deployment("web", { image: oldImage }))
    const run = await deploy(stage)
    await expectNothingBegun(stage, run, 2, "WRONG_ACCOUNT")
    expect(run.stderr).toContain("these are credentials of account 111122223333")
    expect(run.stderr).toContain("production is in 444455556666")
  })
})
