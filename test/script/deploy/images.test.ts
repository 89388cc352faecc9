import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { Play } from "../../fake/aws/build-play.ts"
import { builtDigest, successPlay } from "../../fake/aws/deploy-world.ts"
import type { Image } from "../../fake/aws/repository.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import {
  changes,
  deploy,
  endOf,
  newImage,
  oldImage,
  operations,
  repository,
  type Stage,
  type StageOptions,
  startStage,
} from "./stage.ts"

const older: Image = { digest: builtDigest, tags: ["latest"], pushedAt: "2026-01-02T03:04:05Z" }
const { exported: _, ...untold } = successPlay()
const { image: __, ...unpushed } = untold

async function imageStage(build: Play, image: readonly string[], images: readonly Image[]): Promise<Stage> {
  const options: StageOptions = {
    builds: [build],
    image,
    world: { repositories: [{ name: "shop", images }] },
  }
  const stage = await startStage(options)
  await stage.cluster.deploy(deployment("web", { image: oldImage }))
  return stage
}

async function expectUnusable(stage: Stage, run: Awaited<ReturnType<typeof deploy>>, why: string) {
  expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
  expect(run.stderr).toContain(why)
  expect(endOf(run).standing).toBe("untouched")
  expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
  expect(await stage.cluster.podImages("web")).toEqual([oldImage])
}

describe.concurrent("envseal deploy", () => {
  test.each([["latest"], ["{environment}-{commit}"]])(
    "finds the image of a build by the tag %s when the build exports none",
    async (tag) => {
      const pushed = tag.replace("{environment}-{commit}", `production-${"a".repeat(40)}`)
      const build = { ...untold, image: { repository: "shop", tags: [pushed], digest: builtDigest } }
      await using stage = await imageStage(build, [`tag: "${tag}"`], [])
      const run = await deploy(stage)
      expect([run.status, run.stderr]).toEqual([0, ""])
      expect(await stage.cluster.podImages("web")).toEqual([newImage])
    },
  )

  test("changes no workload when the image of that tag is older than the build", async () => {
    await using stage = await imageStage(unpushed, ["tag: latest"], [older])
    await expectUnusable(stage, await deploy(stage), "was pushed before build")
  })

  test("changes no workload when the build exports no image, and no tag is set", async () => {
    await using stage = await imageStage(unpushed, [], [older])
    await expectUnusable(stage, await deploy(stage), "exported no ENVSEAL_IMAGE")
  })

  test("changes no workload when the build exports an image of another repository", async () => {
    const exported = { ENVSEAL_IMAGE: `example.com/shop@${builtDigest}` }
    await using stage = await imageStage({ ...untold, exported }, [], [])
    await expectUnusable(stage, await deploy(stage), "which is not of")
  })

  test.each(["latest", builtDigest])("changes no workload when the image %s is archived", async (name) => {
    await using stage = await imageStage(untold, [], [{ ...older, status: "ARCHIVED" }])
    await expectUnusable(stage, await deploy(stage, "--image", name), "is archived")
    expect(await operations(stage)).not.toContain("StartBuild")
  })
})

describe.concurrent("envseal deploy with a repository that is not in ECR", () => {
  const elsewhere = "registry.example.com/team/shop"

  async function stageElsewhere(): Promise<Stage> {
    const stage = await startStage({ builds: [successPlay()] })
    const path = stage.box.path("envseal.yaml")
    writeFileSync(path, readFileSync(path, "utf8").replace(repository, elsewhere))
    await stage.cluster.deploy(deployment("web", { image: `${elsewhere}:old` }))
    return stage
  }

  test("deploys a digest, and asks no registry", async () => {
    await using stage = await stageElsewhere()
    const run = await deploy(stage, "--image", builtDigest)
    expect([run.status, run.stderr]).toEqual([0, ""])
    expect(await stage.cluster.podImages("web")).toEqual([`${elsewhere}@${builtDigest}`])
    expect(await operations(stage)).not.toContain("DescribeImages")
  })

  test.each([[[]], [["--image", "v1"]]])("begins nothing with %j", async (args) => {
    await using stage = await stageElsewhere()
    const run = await deploy(stage, ...args)
    expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
    expect(run.stderr).toContain(`${elsewhere} is not in Amazon ECR`)
    expect(await operations(stage)).not.toContain("StartBuild")
    expect(await changes(stage)).toEqual([])
  })
})
