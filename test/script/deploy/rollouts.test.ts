import { writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import {
  cronJob,
  daemonSet,
  deployment,
  type Play,
  statefulSet,
  type Way,
} from "../../fake/kubernetes/client.ts"
import { giveUp, letReady, stall } from "./rollout.ts"
import {
  beginDeploy,
  deploy,
  endOf,
  newImage,
  oldImage,
  repository,
  type Stage,
  type StageOptions,
  startStage,
} from "./stage.ts"

const otherImage = `${repository}@sha256:${"c".repeat(64)}`
const inEcr = {
  repositories: [
    { name: "shop", images: [{ digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }] },
  ],
}
const existing = ["--image", "build-1"]

/** A cluster with three pods of the old image, and an image in ECR that needs no build. */
async function rolloutStage(play: Play = { do: "ready" }, options: Partial<StageOptions> = {}) {
  const { setup, ...rest } = options
  const stage = await startStage({
    builds: [successPlay()],
    world: inEcr,
    setup: { plays: { [newImage]: play }, ...setup },
    ...rest,
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 3 }))
  return stage
}

async function expectBack({ cluster }: Stage, ...apps: readonly string[]) {
  for (const app of apps) expect(new Set(await cluster.podImages(app))).toEqual(new Set([oldImage]))
}

describe.concurrent("envseal deploy goes back", () => {
  const plays: readonly (Play & { readonly shown?: string; readonly reason: string })[] = [
    { do: "image-pull", reason: "ImagePull" },
    { do: "config-missing", reason: "CreateContainerConfigError" },
    // Between two runs it waits as CrashLoopBackOff, after one it has an Error: both have the status.
    { do: "crash-loop", exitCode: 4, shown: '"exitCode":4', reason: "exit status 4" },
    { do: "unschedulable", reason: "Unschedulable" },
  ]

  test.each(plays)("when pods do as in $do", async ({ reason, shown = reason, ...play }) => {
    await using stage = await rolloutStage(play)
    const going = beginDeploy(stage, ...existing)
    await stage.cluster.until("pods", (pods) => JSON.stringify(pods).includes(shown))
    await giveUp(stage)
    const run = await going.done
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(run.stderr).toContain(reason)
    expect(endOf(run).standing).toBe("back")
    await expectBack(stage, "web")
  })

  test("and shows the last lines of a container that crashes", async () => {
    const log = ["the first line", "the last line"]
    await using stage = await rolloutStage({ do: "crash-loop", log })
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect(run.progress.find((one) => one.type === "doomed")?.clues?.log).toEqual(log)
  })

  test("with every workload, of whatever kind, when pods crash", async () => {
    const workloads = [
      ...["deployment/web", "deployment/worker", "statefulset/queue"],
      ...["daemonset/agent", "cronjob/report"],
    ]
    await using stage = await rolloutStage({ do: "ready" }, { workloads })
    await stage.cluster.deploy(
      deployment("worker", { image: oldImage, replicas: 2 }),
      statefulSet("queue", { image: oldImage, replicas: 2 }),
      daemonSet("agent", { image: oldImage }),
    )
    await stage.cluster.create(cronJob("report", { image: oldImage }))
    await stage.cluster.play(newImage, { do: "crash-loop", exitCode: 4 })
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(run.stderr).toContain("exit status 4")
    expect(endOf(run).workloads.map(({ state }) => state)).toEqual(Array(5).fill("before"))
    await expectBack(stage, "web", "worker", "queue", "agent")
    const [report] = await stage.cluster.list("cronjobs")
    expect(JSON.stringify(report?.spec)).not.toContain(newImage)
  })

  test("when two pods are never ready", async () => {
    await using stage = await rolloutStage({ do: "some-never-ready", count: 2 })
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(run.stderr).toContain("deployment/web")
    await expectBack(stage, "web")
  })

  test("when a quota leaves no room for a new pod", async () => {
    await using stage = await rolloutStage()
    await stage.cluster.setQuotas({ shop: 3 })
    await stage.cluster.patch(
      { resource: "deployments", name: "web" },
      { spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } },
    )
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(run.stderr).toContain("exceeded quota")
    await expectBack(stage, "web")
  })

  test("and succeeds with the next deploy, whatever the failed one has left", async () => {
    await using stage = await rolloutStage({ do: "never-ready" })
    expect((await deploy(stage, ...existing, ...(await stall()))).status).toBe(8)
    await stage.cluster.play(newImage, "ready")
    const second = await deploy(stage, ...existing, ...(await stall()))
    expect(second.stderr).toBe("")
    expect(await stage.cluster.podImages("web")).toEqual([newImage, newImage, newImage])
  })

  test("not with --no-rollback, and says that the new image is left", async () => {
    await using stage = await rolloutStage({ do: "never-ready" })
    const run = await deploy(stage, ...existing, ...(await stall()), "--no-rollback")
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(endOf(run).standing).toBe("unproven")
    expect(await stage.cluster.podImages("web")).toContain(newImage)
  })

  test("not over somebody who gave the workload another image meanwhile", async () => {
    await using stage = await rolloutStage({ do: "never-ready" })
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await stage.cluster.setImage("deployments", "web", otherImage)
    const run = await going.done
    expect([run.status, run.code]).toEqual([8, "SUPERSEDED"])
    expect(run.stderr).toContain("somebody else changed deployment/web while it rolled out")
    expect(run.stderr).toContain(otherImage)
    expect(endOf(run).workloads).toMatchObject([{ workload: "deployment/web", state: "foreign" }])
    await stage.cluster.rolledOut("deployments", "web")
    expect(await stage.cluster.podImages("web")).toEqual([otherImage, otherImage, otherImage])
  })
})

describe.concurrent("envseal deploy ends well", () => {
  /** Its pods run, and are ready only once the test wants it. */
  const unready: Play = { do: "never-ready" }

  async function expectNew(stage: Stage, run: Awaited<ReturnType<typeof deploy>>, pods = 3) {
    expect(run.stderr).toBe("")
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(await stage.cluster.podImages("web")).toEqual(Array(pods).fill(newImage))
  }

  test("once its pods stayed ready for rollout.settle", async () => {
    await using stage = await rolloutStage({ do: "ready" }, { settle: "2s" })
    const run = await deploy(stage, ...existing)
    await expectNew(stage, run)
    const done = run.progress.find((one) => one.type === "rollout" && one.state === "done")
    const pods = await stage.cluster.list("pods")
    const readySince = pods.map(({ status }) => status.conditions?.find(({ type }) => type === "Ready"))
    const lastReady = Math.max(...readySince.map((one) => Date.parse(one?.lastTransitionTime ?? "")))
    expect(Date.parse(done?.at ?? "") - lastReady).toBeGreaterThanOrEqual(2_000)
  })

  test("once containers that were killed have lived for longer than before, and tells of it", async () => {
    const killed: Play = { do: "crash-once", runMs: 4_000, exitCode: 137, reason: "OOMKilled" }
    await using stage = await rolloutStage(killed, { settle: "10s" })
    const run = await deploy(stage, ...existing)
    await expectNew(stage, run)
    const pods = await stage.cluster.list("pods")
    const starts = pods.map(({ status }) => status.containerStatuses?.[0]?.state.running?.startedAt ?? "")
    const done = run.progress.find((one) => one.type === "rollout" && one.state === "done")
    // The cluster tells whole seconds: it says of four that they were three, four or five.
    const lastStart = Math.max(...starts.map((start) => Date.parse(start)))
    expect(Date.parse(done?.at ?? "") - lastStart).toBeGreaterThanOrEqual(13_000)
    const note =
      /^app of web-\S+ ended after \d+ s \(OOMKilled, status 137\) and was started again, and 2 other containers too$/
    expect(endOf(run).workloads[0]?.note).toMatch(note)
  })

  test("with a note when a workload has no pods", async () => {
    await using stage = await rolloutStage()
    await stage.cluster.scale("deployments", "web", 0)
    await stage.cluster.until("pods", (pods) => pods.length === 0)
    const run = await deploy(stage, ...existing)
    await expectNew(stage, run, 0)
    expect(endOf(run).workloads[0]?.note).toEqual(expect.any(String))
  })

  test("when somebody else scales the workload meanwhile", async () => {
    await using stage = await rolloutStage(unready)
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await stage.cluster.scale("deployments", "web", 5)
    await letReady(stage)
    await expectNew(stage, await going.done, 5)
  })

  const disturbances: readonly { readonly when: string; disturb(stage: Stage): Promise<void> }[] = [
    {
      when: "watches are answered with 410",
      disturb: async ({ cluster }) => {
        await cluster.fail({ verb: "watch", times: 2, with: "expired-event" })
        await cluster.forget()
        await cluster.dropWatches("end")
      },
    },
    { when: "watches are cut off", disturb: ({ cluster }) => cluster.dropWatches("reset") },
    { when: "the API server restarts", disturb: ({ cluster }) => cluster.restart(800) },
  ]

  test.each(disturbances)("when $when meanwhile", async ({ disturb }) => {
    await using stage = await rolloutStage(unready)
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await disturb(stage)
    await letReady(stage)
    await expectNew(stage, await going.done)
  })

  // The client gives a watch up after 70 seconds without a word.
  test("when watches fall silent meanwhile", async () => {
    await using stage = await rolloutStage(unready)
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await stage.cluster.dropWatches("stall")
    await letReady(stage)
    await expectNew(stage, await going.done)
  })

  const certificates: readonly Way[] = ["certificate", "certificate-files"]

  test.each(certificates)("when the kubeconfig has a client's %s", async (way) => {
    await using stage = await rolloutStage({ do: "ready" }, { way })
    await expectNew(stage, await deploy(stage, ...existing))
    const users = (await stage.cluster.requests()).map(({ user }) => user)
    expect(new Set(users)).toEqual(new Set(["deployer"]))
  })

  test("when the token of a plugin expires meanwhile", async () => {
    await using stage = await rolloutStage(unready, { way: "exec" })
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await stage.cluster.expireTokens("deployer")
    await stage.cluster.dropWatches("reset")
    await letReady(stage)
    await expectNew(stage, await going.done)
    expect((await stage.cluster.execInfos()).length).toBeGreaterThan(1)
  })

  test("when the token in a file expires meanwhile, and a new one is put there", async () => {
    await using stage = await rolloutStage(unready, { way: "token-file" })
    const going = beginDeploy(stage, ...existing)
    await going.told("rollout")
    await stage.cluster.expireTokens("deployer")
    writeFileSync(stage.box.path("token"), await stage.cluster.token("deployer"))
    await stage.cluster.dropWatches("reset")
    await letReady(stage)
    await expectNew(stage, await going.done)
  })
})
