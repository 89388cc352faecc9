import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment, type Play } from "../../fake/kubernetes/client.ts"
import { stall } from "./rollout.ts"
import {
  beginDeploy,
  changes,
  deploy,
  endOf,
  lease,
  newImage,
  oldImage,
  operations,
  repository,
  type StageOptions,
  startStage,
} from "./stage.ts"

async function resumeStage(play: Play, options: Partial<StageOptions> = {}) {
  const stage = await startStage({
    builds: [successPlay()],
    setup: { plays: { [newImage]: play } },
    ...options,
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 2 }))
  return stage
}

describe("envseal deploy --resume", () => {
  test("goes on with the build of a run that was killed", async () => {
    // It takes more than an hour, until it is left alone.
    await using stage = await resumeStage({ do: "ready" }, { speed: 0.01 })
    const killed = beginDeploy(stage)
    const { build } = await killed.told("build-started")
    killed.child.kill("SIGKILL")
    expect((await killed.done).signal).toBe("SIGKILL")
    await stage.aws.setWorld({ buildClock: { speed: 120 } })
    const run = await deploy(stage, "--resume", build, "--break-lock")
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(await stage.cluster.podImages("web")).toEqual([newImage, newImage])
    expect((await operations(stage)).filter((one) => one === "StartBuild")).toHaveLength(1)
  })

  test("goes back to what ran before a run that was killed while pods started", async () => {
    await using stage = await resumeStage({ do: "never-ready" })
    const killed = beginDeploy(stage)
    const { build } = await killed.told("build-started")
    await killed.told("patched")
    killed.child.kill("SIGKILL")
    await killed.done
    const run = await deploy(stage, "--resume", build, "--break-lock", ...(await stall()))
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    expect(endOf(run).standing).toBe("back")
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
  })

  test("ends with 8 for a build that CodeBuild does not know", async () => {
    await using stage = await resumeStage({ do: "ready" })
    const run = await deploy(stage, "--resume", "shop:00000000-0000-4000-8000-000000000000")
    expect([run.status, run.code]).toEqual([8, "BUILD_FAILED"])
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
  })
})

describe("envseal deploy", () => {
  test("with --detach starts the build, and changes no workload", async () => {
    await using stage = await resumeStage({ do: "ready" })
    const run = await deploy(stage, "--detach")
    expect([run.status, endOf(run).ending.type]).toEqual([0, "detached"])
    expect(await stage.aws.builds()).toHaveLength(1)
    expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test.each(["build-1", builtDigest, `${repository}:build-1`])(
    "with --image %s builds nothing",
    async (name) => {
      const image = { digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }
      const world = { repositories: [{ name: "shop", images: [image] }] }
      await using stage = await resumeStage({ do: "ready" }, { world })
      expect((await deploy(stage, "--image", name)).status).toBe(0)
      expect(await operations(stage)).not.toContain("StartBuild")
      expect(await stage.cluster.podImages("web")).toEqual([newImage, newImage])
    },
  )

  test("with --image of one that is not there changes nothing", async () => {
    await using stage = await resumeStage({ do: "ready" })
    const run = await deploy(stage, "--image", "build-1")
    expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
    expect(await stage.cluster.podImages("web")).toEqual([oldImage, oldImage])
  })
})
