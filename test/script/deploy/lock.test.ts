import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import type { Play } from "../../fake/kubernetes/play.ts"
import { letReady } from "./rollout.ts"
import { beginDeploy, deploy, endOf, lease, newImage, oldImage, startStage } from "./stage.ts"

const existing = ["--image", "build-1"]
/** Its pods run, and are ready only once the test wants it: the holder of the lock renews it meanwhile. */
const unready: Play = { do: "never-ready" }

async function lockStage(play: Play = { do: "ready", startMs: 100 }) {
  const image = { digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }
  const stage = await startStage({
    builds: [successPlay()],
    world: { repositories: [{ name: "shop", images: [image] }] },
    setup: { plays: { [newImage]: play } },
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  return stage
}

function leaseOf(holderIdentity: string, leaseDurationSeconds: number) {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: lease, namespace: "shop" },
    spec: { holderIdentity, leaseDurationSeconds, acquireTime: "2026-01-02T03:04:05.000000Z" },
  }
}

describe.concurrent("envseal deploy, of its lock", () => {
  test("ends with LOCKED while another one deploys, and leaves that one alone", async () => {
    await using stage = await lockStage(unready)
    const first = beginDeploy(stage, ...existing)
    await first.told("locked")
    const second = await deploy(stage, ...existing)
    expect([second.status, second.code]).toEqual([7, "LOCKED"])
    expect(second.stderr).toContain("deploys this environment")
    expect(endOf(second).standing).toBe("untouched")
    await letReady(stage)
    expect((await first.done).status).toBe(0)
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test("takes it over from one that does not renew it", async () => {
    await using stage = await lockStage()
    await stage.cluster.create(leaseOf("anna@laptop", 1))
    expect((await deploy(stage, ...existing)).status).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test("takes it at once with --break-lock", async () => {
    await using stage = await lockStage()
    await stage.cluster.create(leaseOf("anna@laptop", 3600))
    expect((await deploy(stage, ...existing, "--break-lock")).status).toBe(0)
    expect(await stage.cluster.read("leases", lease)).toBeNull()
  })

  test("ends with LOCK_LOST, and takes nothing back, when somebody breaks it", async () => {
    await using stage = await lockStage(unready)
    const going = beginDeploy(stage, ...existing)
    await going.told("patched")
    await stage.cluster.patch(
      { resource: "leases", name: lease },
      { spec: { holderIdentity: "anna@laptop" } },
    )
    const run = await going.done
    expect([run.status, run.code]).toEqual([8, "LOCK_LOST"])
    expect(run.progress).not.toContainEqual(expect.objectContaining({ type: "going-back" }))
    expect(await stage.cluster.read("leases", lease)).toMatchObject({
      spec: { holderIdentity: "anna@laptop" },
    })
  })
})
