import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment, type Play } from "../../fake/kubernetes/client.ts"
import { giveUp, stall } from "./rollout.ts"
import { beginDeploy, deploy, endOf, lease, newImage, oldImage, startStage } from "./stage.ts"

const existing = ["--image", "build-1"]

async function stageOf(play: Play, settings = "") {
  const image = { digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }
  const stage = await startStage({
    builds: [successPlay()],
    world: { repositories: [{ name: "shop", images: [image] }] },
    setup: { plays: { [newImage]: play } },
    settings,
  })
  await stage.cluster.deploy(deployment("web", { image: oldImage, replicas: 2 }))
  return stage
}

describe.concurrent("envseal deploy says by its own cause that", () => {
  test("a readiness probe fails: the pod that has waited longest, its events and its log", async () => {
    await using stage = await stageOf({ do: "never-ready", log: ["listening on 8080", "no database"] })
    const run = await deploy(stage, ...existing, ...(await stall()))
    expect([run.status, run.code]).toEqual([8, "ROLLOUT_FAILED"])
    const doomed = run.progress.find((one) => one.type === "doomed")
    expect(doomed).toMatchObject({
      trouble: { reason: "Stalled", pod: expect.stringMatching(/^web-/), container: "app" },
      clues: { log: ["listening on 8080", "no database"] },
    })
    expect(doomed?.clues?.events.join("\n")).toContain("Readiness probe failed")
    expect(run.stderr).toContain(`pod ${doomed?.trouble?.pod}`)
    expect(run.stderr).toContain("what does its readiness probe ask for")
  })

  test("somebody paused the rollout while it ran", async () => {
    await using stage = await stageOf({ do: "never-ready" })
    const going = beginDeploy(stage, ...existing, ...(await stall()))
    await going.told("patched")
    await stage.cluster.patch({ resource: "deployments", name: "web" }, { spec: { paused: true } })
    const run = await going.done
    expect(run.status).toBe(8)
    expect(run.stderr).toContain("somebody to resume it, since it was paused")
    expect(run.stderr).toContain("kubectl rollout resume deployment/web")
    expect(run.stderr).not.toContain("unready status")
  })

  test("a quota refuses the pod of a hook", async () => {
    const hook = `    hooks:
      before:
        - name: migrate
          workload: deployment/web
          command: [migrate]
          timeout: 1h
`
    await using stage = await stageOf({ do: "ready" }, hook)
    await stage.cluster.setQuotas({ shop: 2 })
    const run = await deploy(stage, ...existing)
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "HOOK_FAILED", "untouched"])
    expect(run.stderr).toMatch(/the hook migrate does not start: FailedCreate: .*exceeded quota/)
  })

  test("its lock was deleted, and not that somebody has it", async () => {
    await using stage = await stageOf({ do: "never-ready" })
    const going = beginDeploy(stage, ...existing)
    await going.told("patched")
    await stage.cluster.delete("leases", lease)
    const run = await going.done
    expect([run.status, run.code]).toEqual([8, "LOCK_LOST"])
    expect(run.stderr).toContain("the lock of production was deleted while this run had it")
    expect(run.stderr).not.toContain("another deploy")
  })

  test("what ran before was refused", async () => {
    await using stage = await stageOf({ do: "never-ready" })
    const going = beginDeploy(stage, ...existing)
    await going.told("patched")
    const deny = { image: oldImage, message: "it is too old" }
    await stage.cluster.setWebhooks({ name: "age", resources: ["deployments"], deny })
    await giveUp(stage)
    const run = await going.done
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "ROLLBACK_FAILED", "mixed"])
    expect(run.stderr).toMatch(/deployment\/web could not be given back what ran before: .*it is too old/)
  })
})
