import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { stall } from "./rollout.ts"
import {
  beginDeploy,
  deploy,
  endOf,
  lease,
  newImage,
  oldImage,
  oldPush,
  rollback,
  type Stage,
  startStage,
} from "./stage.ts"

const existing = ["--image", "build-1"]

/** Two workloads whose pods never get ready with the image that exists. */
async function doomedStage(): Promise<Stage> {
  const image = { digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }
  const stage = await startStage({
    builds: [successPlay()],
    workloads: ["deployment/web", "deployment/worker"],
    world: { repositories: [{ name: "shop", images: [oldPush, image] }] },
    setup: { plays: { [newImage]: { do: "never-ready" } } },
  })
  await stage.cluster.deploy(
    deployment("web", { image: oldImage }),
    deployment("worker", { image: oldImage }),
  )
  return stage
}

/** Kills a run of `--image` once both workloads have the image. */
async function killAfterPatches(stage: Stage): Promise<void> {
  const killed = beginDeploy(stage, ...existing)
  await killed.told("rollout")
  killed.child.kill("SIGKILL")
  expect((await killed.done).signal).toBe("SIGKILL")
}

async function images({ cluster }: Stage): Promise<readonly (readonly string[])[]> {
  return Promise.all([cluster.podImages("web"), cluster.podImages("worker")])
}

describe.concurrent("envseal deploy --image after the same was killed", () => {
  test("takes over its lock, and goes back to what ran before it", async () => {
    await using stage = await doomedStage()
    await killAfterPatches(stage)
    // Its holder is gone for sure once it was not renewed for so long.
    const spec = { leaseDurationSeconds: 1 }
    await stage.cluster.patch({ resource: "leases", name: lease }, { spec })
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "ROLLOUT_FAILED", "back"])
    expect(run.stderr).toContain("is gone; taking over their lock")
    expect(await images(stage)).toEqual([[oldImage], [oldImage]])
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test("goes back to what ran before the first one when the second is killed too", async () => {
    await using stage = await doomedStage()
    await killAfterPatches(stage)
    const second = beginDeploy(stage, ...existing, "--break-lock")
    await second.told("rollout")
    second.child.kill("SIGKILL")
    await second.done
    const run = await deploy(stage, ...existing, ...(await stall()), "--break-lock")
    expect([run.status, endOf(run).standing]).toEqual([8, "back"])
    expect(await images(stage)).toEqual([[oldImage], [oldImage]])
  })

  test("leaves the image where a run that ended gave it", async () => {
    await using stage = await doomedStage()
    expect((await deploy(stage, ...existing, ...(await stall()), "--no-rollback")).status).toBe(8)
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "ROLLOUT_FAILED", "untouched"])
    expect(run.progress.map(({ type }) => type)).not.toContain("going-back")
  })
})

describe.concurrent("envseal rollback", () => {
  test("brings all workloads to one release after one that was cut short", async () => {
    await using stage = await doomedStage()
    await killAfterPatches(stage)
    const ends = await rollback(stage, "--break-lock")
    expect([ends.status, endOf(ends).standing]).toEqual([0, "new"])
    // As if it had been killed before the second workload was changed.
    const history = JSON.stringify([{ images: { app: newImage } }, { images: { app: oldImage } }])
    await stage.cluster.patch(
      { resource: "deployments", name: "worker" },
      {
        metadata: { annotations: { "envseal.dev/releases": history } },
        spec: { template: { spec: { containers: [{ name: "app", image: newImage }] } } },
      },
    )
    const run = await rollback(stage)
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(await images(stage)).toEqual([[oldImage], [oldImage]])
  })
})
