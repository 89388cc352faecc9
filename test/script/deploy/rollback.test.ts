import { describe, expect, test } from "vitest"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import { cronJob, deployment, statefulSet } from "../../fake/kubernetes/client.ts"
import {
  changes,
  deploy,
  endOf,
  newImage,
  oldImage,
  oldPush,
  operations,
  repository,
  rollback,
  startStage,
} from "./stage.ts"

const secondDigest = `sha256:${"c".repeat(64)}`
const secondImage = `${repository}@${secondDigest}`

describe("envseal rollback", () => {
  test("puts every workload back to the release before, and with the next one to the one before that", async () => {
    const pushedAt = "2026-01-02T03:04:05Z"
    const images = [
      oldPush,
      { digest: builtDigest, tags: ["build-1"], pushedAt },
      { digest: secondDigest, tags: ["build-2"], pushedAt },
    ]
    const workloads = ["deployment/web", "statefulset/queue", "cronjob/report"]
    await using stage = await startStage({
      builds: [successPlay()],
      workloads,
      world: { repositories: [{ name: "shop", images }] },
    })
    await stage.cluster.deploy(
      deployment("web", { image: oldImage, replicas: 2 }),
      statefulSet("queue", { image: oldImage }),
    )
    await stage.cluster.create(cronJob("report", { image: oldImage }))
    const running = async () => {
      const [report] = await stage.cluster.list("cronjobs")
      const { containers = [] } = report?.spec.jobTemplate.spec.template.spec ?? {}
      const scheduled = containers.map(({ image }) => image)
      return new Set([
        ...(await stage.cluster.podImages("web")),
        ...(await stage.cluster.podImages("queue")),
        ...scheduled,
      ])
    }
    for (const image of ["build-1", "build-2"]) expect((await deploy(stage, "--image", image)).status).toBe(0)
    expect(await running()).toEqual(new Set([secondImage]))
    for (const image of [newImage, oldImage]) {
      const run = await rollback(stage)
      expect([run.status, endOf(run).standing]).toEqual([0, "new"])
      expect(await running()).toEqual(new Set([image]))
    }
    expect(await operations(stage)).not.toContain("StartBuild")
  })

  test("changes nothing when the image of the release before has expired in ECR", async () => {
    const pushed = { digest: builtDigest, tags: ["build-1"], pushedAt: "2026-01-02T03:04:05Z" }
    await using stage = await startStage({
      builds: [successPlay()],
      world: { repositories: [{ name: "shop", images: [pushed] }] },
    })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    expect((await deploy(stage, "--image", "build-1")).status).toBe(0)
    await stage.cluster.clearRequests()
    const run = await rollback(stage)
    expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
    expect(run.stderr).toContain(`there is no image ${oldImage}`)
    expect(await changes(stage)).toEqual([])
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
  })

  test("changes nothing where no release before is known", async () => {
    await using stage = await startStage({ builds: [successPlay()] })
    await stage.cluster.deploy(deployment("web", { image: oldImage }))
    const run = await rollback(stage)
    expect([run.status, run.code]).toEqual([8, "NO_PREVIOUS_RELEASE"])
    expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
  })
})
