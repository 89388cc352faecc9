import { describe, expect, test } from "vitest"
import { releasesAnnotation } from "../../../src/deploy/core/release.ts"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment, type Play } from "../../fake/kubernetes/client.ts"
import { stall } from "./rollout.ts"
import { deploy, endOf, newImage, oldImage, oldPush, repository, rollback, startStage } from "./stage.ts"

const otherDigest = `sha256:${"c".repeat(64)}`
const otherImage = `${repository}@${otherDigest}`
const pushedAt = "2026-01-02T03:04:05Z"
const images = [
  oldPush,
  { digest: builtDigest, tags: ["build-1"], pushedAt },
  { digest: otherDigest, tags: ["build-2"], pushedAt },
]

/** What a run left that lost its lock between two workloads: one has its image, which was never proven. */
async function halfDone(plays: Readonly<Record<string, Play>>) {
  const workloads = ["deployment/web", "deployment/worker"]
  const world = { repositories: [{ name: "shop", images }] }
  const stage = await startStage({ builds: [successPlay()], workloads, world, setup: { plays } })
  const names = ["web", "worker"]
  await stage.cluster.deploy(...names.map((name) => deployment(name, { image: oldImage, replicas: 2 })))
  const releases = [
    { images: { app: newImage }, run: "lost", proven: false },
    { images: { app: oldImage }, proven: true },
  ]
  await stage.cluster.patch(
    { resource: "deployments", name: "web" },
    { metadata: { annotations: { [releasesAnnotation]: JSON.stringify(releases) } } },
  )
  await stage.cluster.setImage("deployments", "web", newImage)
  return stage
}

const running = async ({ cluster }: Awaited<ReturnType<typeof halfDone>>) => [
  ...new Set([...(await cluster.podImages("web")), ...(await cluster.podImages("worker"))]),
]

const crashes: Play = { do: "crash-loop", exitCode: 4 }
const halves =
  /warning: the workloads run different releases: deployment\/web has sha256:b{12}, never proven; deployment\/worker has sha256:\w{12}\. This run /

describe.concurrent("what was left half done is named, and ended by the next run:", () => {
  test.each([
    ["the same release, which is good", {}, "build-1", newImage],
    ["the same release, which fails", { [newImage]: crashes }, "build-1", oldImage],
    ["another one, which is good", {}, "build-2", otherImage],
    ["another one, which fails", { [newImage]: crashes, [otherImage]: crashes }, "build-2", oldImage],
  ] as const)("%s", async (_, plays, image, everywhere) => {
    await using stage = await halfDone(plays)
    const run = await deploy(stage, "--image", image, ...(await stall()))
    expect(run.stderr).toMatch(halves)
    const isGood = everywhere !== oldImage
    expect([run.status, run.code, endOf(run).standing]).toEqual(
      isGood ? [0, null, "new"] : [8, "ROLLOUT_FAILED", "back"],
    )
    expect(await running(stage)).toEqual([everywhere])
  })

  test("a rollback, which leaves what the others have", async () => {
    await using stage = await halfDone({})
    const run = await rollback(stage)
    expect(run.stderr).toMatch(halves)
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(await running(stage)).toEqual([oldImage])
  })
})
