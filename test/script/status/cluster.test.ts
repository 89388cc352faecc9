import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { ClusterStatus } from "../../../src/status/run/cluster-apps.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { changes, deploy, newImage, oldImage, operations, type Stage } from "../deploy/stage.ts"
import { Terminal } from "../terminal.ts"
import {
  changeSecret,
  documentsIn,
  firstVersion,
  follow,
  recorded,
  sealingPlay,
  secretSetting,
  startStatusStage,
} from "./stage.ts"

/** A folder without a settings file, and who may look at the whole cluster. */
async function lookAround(stage: Stage, user: string, ...args: readonly string[]) {
  return stage.box.envseal(["status", "--cluster", ...args], { env: await placeOf(stage, user) })
}

async function placeOf({ box, env, cluster }: Stage, user: string) {
  const KUBECONFIG = await cluster.kubeconfig(box.folder, user, "token")
  return { ...env, KUBECONFIG, ENVSEAL_CONFIG: "/nowhere/envseal.yaml" }
}

describe("envseal status --cluster", () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await startStatusStage({
      builds: [sealingPlay()],
      settings: secretSetting,
      setup: { namespaces: ["shop", "books"] },
    })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    await stage.cluster.create(
      deployment("old", { image: oldImage, namespace: "books", annotations: recorded(oldImage) }),
    )
    const { status, stderr } = await deploy(stage)
    if (status !== 0) throw new Error(stderr)
    await stage.cluster.clearRequests()
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  test("tells all that was deployed, without a settings file, and only reads", async () => {
    const run = await lookAround(stage, "admin", "--json")
    expect([run.status, run.stderr]).toEqual([0, ""])
    const told: ClusterStatus = JSON.parse(run.stdout)
    expect(told.apps).toMatchObject([
      {
        ...{ app: "shop", environment: "production", namespace: "shop", ok: true },
        workloads: ["deployment/web"],
        runs: [{ proven: true, commit: "a".repeat(40) }],
        secret: { state: "current", versions: [firstVersion] },
      },
      { environment: null, namespace: "books", secret: { state: "unknown" } },
    ])
    expect(await changes(stage)).toEqual([])
    expect(await operations(stage)).not.toContain("GetSecretValue")
  })

  test("is for a person one table, also with the rights of a deployer in its namespace", async () => {
    const run = await lookAround(stage, "deployer", "--namespace", "shop")
    expect(run.status).toBe(5)
    expect(run.stderr).toContain(
      "not everything is seen: you may not list StatefulSets, DaemonSets, CronJobs",
    )
    expect(run.stdout.split("\n")).toEqual([
      expect.stringMatching(
        /^APP {3}ENVIRONMENT {2}NAMESPACE {2}RELEASE {7}COMMIT {3}SECRET {3}AGE {2}STATE$/,
      ),
      expect.stringMatching(/^shop {2}production {3}shop {7}b{12} {2}a{7} {2}current {2}\d+m {3}proven$/),
      "fake, namespace shop: 1 environment, 1 workload",
      "you may not list StatefulSets",
      "you may not list DaemonSets",
      "you may not list CronJobs",
      "",
    ])
    const told = await lookAround(stage, "deployer", "--namespace", "shop", "--json")
    expect([told.status, JSON.parse(told.stdout).ok]).toEqual([5, null])
    expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: "ACCESS_DENIED" } })
    const all = await lookAround(stage, "deployer")
    expect([all.status, all.stdout]).toEqual([5, ""])
    expect(all.stderr).toContain("add --namespace NAME")
  })

  test("ends with 3 when a secret has changed since", async () => {
    await changeSecret(stage)
    expect((await lookAround(stage, "deployer", "--namespace", "shop")).status).toBe(3)
    const run = await lookAround(stage, "admin")
    expect(run.status).toBe(3)
    expect(run.stdout).toMatch(/^shop .* stale /m)
  })

  test.each([
    ["an environment", ["production", "--cluster"]],
    ["an environment by -e", ["-e", "production", "--cluster"]],
    ["--namespace, without --cluster,", ["--namespace", "shop"]],
  ])("is refused beside %s", async (_, args) => {
    const run = await stage.box.envseal(["status", ...args], { env: stage.env })
    expect([run.status, run.stdout]).toEqual([2, ""])
  })
})

describe.concurrent("envseal status --cluster --watch", () => {
  async function watchedStage(): Promise<Stage> {
    const stage = await startStatusStage({ setup: { namespaces: ["shop", "books"] } })
    for (const namespace of ["shop", "books"])
      await stage.cluster.create(
        deployment("web", { image: oldImage, namespace, annotations: recorded(oldImage) }),
      )
    await stage.cluster.clearRequests()
    return { ...stage, env: await placeOf(stage, "admin") }
  }

  test("tells a line for each change, one while the cluster is away, and ends with 130 after SIGINT", async () => {
    await using stage = await watchedStage()
    const following = follow(stage, "--cluster")
    await following.until((text) => text.includes("in shop: "))
    await stage.cluster.setImage("deployments", "web", newImage)
    await following.until((text) => text.includes("in shop: by others; image b"))
    await stage.cluster.restart(() =>
      following.until((text) => text.includes("fake: not known: the cluster cannot be seen")),
    )
    await following.until((text) => text.includes("fake: all could be asked"))
    following.child.kill("SIGINT")
    const { status, stdout, stderr } = await following.done
    expect([status, stderr]).toEqual([130, ""])
    const lines = stdout.trimEnd().split("\n")
    expect(lines.filter((line) => !/^\d\d:\d\d:\d\d \S/.test(line))).toEqual([])
    expect(lines.filter((line) => line.includes("in books: "))).toHaveLength(1)
    expect(await changes(stage)).toEqual([])
  })

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "tells with --json the whole of it for each change, and ends after %s with %i",
    async (signal, ended) => {
      await using stage = await watchedStage()
      const following = follow(stage, "--cluster", "--json")
      await following.until((text) => documentsIn<ClusterStatus>(text).length > 0)
      await stage.cluster.setImage("deployments", "web", newImage)
      await following.until((text) => documentsIn<ClusterStatus>(text).at(-1)?.ok === false)
      following.child.kill(signal)
      const { status, stdout, stderr } = await following.done
      expect([status, stderr]).toEqual([ended, ""])
      const told = documentsIn<ClusterStatus>(stdout)
      expect(told.map(({ ok }) => ok)).toEqual([true, false])
      expect(told[0]?.apps.map(({ namespace }) => namespace)).toEqual(["books", "shop"])
      const asked = await stage.cluster.requests()
      expect(new Set(asked.map(({ verb }) => verb))).toEqual(new Set(["list", "watch"]))
    },
  )

  test("draws its table on a terminal again with a change", async () => {
    await using stage = await watchedStage()
    const terminal = new Terminal(stage.box.command(["status", "--cluster", "--watch"]), {
      cwd: stage.box.folder,
      env: { PATH: process.env["PATH"] ?? "", ...stage.env },
    })
    await terminal.shows("ENVIRONMENT")
    await stage.cluster.setImage("deployments", "web", newImage)
    await terminal.shows("by others")
    terminal.type("\u0003")
    expect(await terminal.ended()).toBe(130)
  })
})
