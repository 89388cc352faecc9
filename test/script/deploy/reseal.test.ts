import { beforeAll, describe, expect, test } from "vitest"
import type { History } from "../../../src/deploy/run/history.ts"
import type { Preview } from "../../../src/deploy/run/preview.ts"
import { environmentFor } from "../../fake/aws/client.ts"
import { deployer, deployWorld, shopProject } from "../../fake/aws/deploy-world.ts"
import { type Push, pushIndex } from "../../fake/aws/pushed-image.ts"
import { repositoryArn } from "../../fake/aws/repository.ts"
import { account, region, withRole } from "../../fake/aws/world.ts"
import { alice } from "../../fake/keys.ts"
import { changeSecret, secondVersion } from "../status/stage.ts"
import { builtImage, imageOf, resealedImage, resealPlay, resealStage } from "./reseal-stage.ts"
import { changes, commit, deploy, endOf, operations, repository, rollback, type Stage } from "./stage.ts"

/** Runs `envseal reseal` as the build does, and has the next build say that it did. @returns the new digest. */
async function resealInBuild(stage: Stage, from: string, tag: string): Promise<string> {
  const { aws, box } = stage
  const { policies = [] } = deployWorld.roles.find(({ name }) => name === "builder") ?? {}
  const Resource = repositoryArn("shop", region, account)
  const moving = { Effect: "Allow", Action: "ecr:*", Resource } as const
  await aws.setWorld(
    withRole(await aws.world(), "builder", {
      policies: [...policies, { Version: "2012-10-17", Statement: moving }],
    }),
  )
  const env = environmentFor(aws, { via: "static", role: "builder", folder: box.folder })
  const args = ["reseal", "production", "--recipient", alice.recipient.text, "--tag", tag, "--json"]
  const run = await box.envseal(args, { env: { ...env, ENVSEAL_RESEAL_FROM: from } })
  if (run.status !== 0) throw new Error(run.stderr)
  const { digest }: { readonly digest: string } = JSON.parse(run.stdout)
  await aws.setWorld({ projects: [shopProject([resealPlay(digest)])] })
  return digest
}

const untouched = async ({ cluster, ...stage }: Stage, runs: Push) => {
  expect((await changes({ cluster, ...stage })).filter((change) => !change.includes("leases"))).toEqual([])
  for (const name of ["web", "worker"]) expect(await cluster.podImages(name)).toEqual([imageOf(runs)])
}

/** Starts a build that reseals, and leaves it to itself. */
async function leftReseal({ aws, box, env }: Stage): Promise<{ readonly id: string }> {
  const left = await box.envseal(["deploy", "production", "--reseal", "--detach"], { env })
  if (left.status !== 0) throw new Error(left.stderr)
  const [build] = await aws.builds()
  await aws.clearRequests()
  return { id: build?.id ?? "" }
}

const historyOf = async ({ box, env }: Stage): Promise<History> =>
  JSON.parse((await box.envseal(["history", "production", "--json"], { env })).stdout)

describe.concurrent("envseal deploy --reseal", () => {
  let runs: Push
  let resealed: Push
  beforeAll(async () => {
    runs = await builtImage("build-1")
    resealed = await resealedImage(runs)
  })

  test("deploys another configuration with the code that runs, and rollback takes it back", async () => {
    await using stage = await resealStage(runs, resealed)
    await changeSecret(stage)
    const run = await deploy(stage, "--reseal", "--debug")
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    const [build] = await stage.aws.builds()
    expect(build?.sourceVersion).toBe(commit)
    expect(build?.environment.environmentVariables).toContainEqual({
      ...{ name: "ENVSEAL_RESEAL_FROM", value: runs.digest, type: "PLAINTEXT" },
    })
    for (const name of ["web", "worker"])
      expect(await stage.cluster.podImages(name)).toEqual([imageOf(resealed)])
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "resealed", from: runs.digest }))
    const asked = await operations(stage)
    expect(asked).toEqual(expect.arrayContaining(["BatchGetImage", "GetDownloadUrlForLayer"]))
    expect(asked).not.toContain("GetSecretValue")
    for (const text of [run.stdout, run.stderr]) expect(text).not.toMatch(/X-Amz|starport/)

    const [newest] = (await historyOf(stage)).releases
    expect(newest).toMatchObject({ code: runs.digest, commit, secretVersion: secondVersion, proven: true })
    const short = runs.digest.slice(7, 19)
    const history = await stage.box.envseal(["history", "production"], { env: stage.env })
    expect(history.stdout).toContain(`the code of ${short}, with another configuration`)
    const status = await stage.box.envseal(["status", "production"], { env: stage.env })
    expect(status.stdout).toContain(`has the code of ${short}, with another configuration`)
    expect(status.status).toBe(0)

    expect((await rollback(stage)).status).toBe(0)
    for (const name of ["web", "worker"]) expect(await stage.cluster.podImages(name)).toEqual([imageOf(runs)])
  })

  test.each<[string, () => Promise<Push>]>([
    ["an image of OCI", () => builtImage("build-1")],
    ["an image of Docker", () => builtImage("build-1", { family: "docker" })],
    [
      "an image whose layer holds more",
      () => builtImage("build-1", {}, { path: "app/artisan", content: "php" }),
    ],
    [
      "an index with attestations",
      async () => {
        const platforms = [await builtImage("amd"), await builtImage("arm", { architecture: "arm64" })]
        return pushIndex(platforms, { tags: ["build-1"], attested: true })
      },
    ],
  ])("accepts what envseal reseal makes of %s, and again of that", async (_, build) => {
    const first = await build()
    await using stage = await resealStage(first, first)
    let from = first.digest
    for (const tag of ["build-2", "build-3"]) {
      const made = await resealInBuild(stage, from, tag)
      expect(made).not.toBe(from)
      const run = await deploy(stage, "--reseal")
      expect([run.stderr, run.status]).toEqual(["", 0])
      expect(await stage.cluster.podImages("web")).toEqual([`${repository}@${made}`])
      const [newest] = (await historyOf(stage)).releases
      expect(newest).toMatchObject({ code: first.digest })
      from = made
    }
  })

  test("accepts a layer on top where the old one holds more", async () => {
    const mixed = await builtImage("build-1", {}, { path: "app/artisan", content: "#!/usr/bin/env php" })
    const covered = await resealedImage(mixed, { how: "cover" })
    await using stage = await resealStage(mixed, covered)
    expect((await deploy(stage, "--reseal")).status).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([imageOf(covered)])
  })

  test("refuses a layer in the place of one that held more, and changes nothing", async () => {
    const mixed = await builtImage("build-1", {}, { path: "app/artisan", content: "#!/usr/bin/env php" })
    await using stage = await resealStage(mixed, await resealedImage(mixed))
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "CODE_CHANGED", "untouched"])
    expect(run.stderr).toContain("in the place of one that held more")
    await untouched(stage, mixed)
  })

  test("refuses an image whose container would start something else, and changes nothing", async () => {
    const alter = (json: object) => ({ ...json, config: { Entrypoint: ["sh", "-c", "evil"] } })
    await using stage = await resealStage(runs, await resealedImage(runs, { alter }))
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "CODE_CHANGED", "untouched"])
    expect(run.stderr).toContain("config.Entrypoint")
    expect(run.stderr).not.toContain("evil")
    await untouched(stage, runs)
  })

  test("refuses what a buildspec built that knows of no reseal, and says what to do", async () => {
    const built = await builtImage("build-2")
    await using stage = await resealStage(runs, built)
    const run = await stage.box.envseal(["deploy", "production", "--reseal"], { env: stage.env })
    expect(run.status).toBe(8)
    expect(run.stderr).toMatch(/was built, and not resealed.*\[CODE_CHANGED\]/)
    expect(run.stderr).toContain("hint: have the buildspec reseal when ENVSEAL_RESEAL_FROM is set")
    expect(run.stderr).not.toContain("to try it again")
    await untouched(stage, runs)
  })

  test("refuses an index in the place of an image", async () => {
    const index = pushIndex([resealed], { attested: true })
    await using stage = await resealStage(runs, index)
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code]).toEqual([8, "CODE_CHANGED"])
  })

  test("starts nothing when workloads run different images", async () => {
    await using stage = await resealStage(runs, resealed)
    await stage.cluster.setImage("deployments", "worker", imageOf(resealed))
    await stage.cluster.rolledOut("deployments", "worker")
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
    expect(run.stderr).toContain("there is no one image to reseal")
    expect(await operations(stage)).not.toContain("StartBuild")
  })

  test("starts nothing when what runs has expired in ECR", async () => {
    await using stage = await resealStage(runs, resealed)
    const { repositories } = await stage.aws.world()
    const kept = repositories.map((one) => ({
      ...one,
      images: one.images.filter(({ digest }) => digest !== runs.digest),
    }))
    await stage.aws.setWorld({ repositories: kept })
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code]).toEqual([8, "IMAGE_UNUSABLE"])
    expect(await operations(stage)).not.toContain("StartBuild")
  })

  test("goes on with a build that was left to itself, and judges its image too", async () => {
    await using stage = await resealStage(runs, resealed)
    const left = await stage.box.envseal(["deploy", "production", "--reseal", "--detach"], { env: stage.env })
    expect(left.status).toBe(0)
    const [build] = await stage.aws.builds()
    expect(left.stderr).toContain(`envseal deploy production --reseal --resume ${build?.id}`)
    const run = await deploy(stage, "--reseal", "--resume", build?.id ?? "")
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "resealed" }))
    expect((await stage.aws.builds()).length).toBe(1)
  })

  test("judges the image of a reseal also when only --resume names its build, and tells whose code it has", async () => {
    await using stage = await resealStage(runs, resealed)
    const { id } = await leftReseal(stage)
    const run = await deploy(stage, "--resume", id)
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "resealed", from: runs.digest }))
    expect((await historyOf(stage)).releases[0]).toMatchObject({ code: runs.digest, commit, proven: true })
    // Again, it is what runs.
    const again = await deploy(stage, "--resume", id)
    expect([again.status, endOf(again).standing]).toEqual([0, "new"])
    expect((await historyOf(stage)).releases[0]).toMatchObject({ code: runs.digest, commit, proven: true })
  })

  test("refuses with --resume alone what a build made that was told to reseal, and built", async () => {
    await using stage = await resealStage(runs, await builtImage("build-2"))
    const { id } = await leftReseal(stage)
    const run = await deploy(stage, "--resume", id)
    expect([run.status, run.code, endOf(run).standing]).toEqual([8, "CODE_CHANGED", "untouched"])
    await untouched(stage, runs)
  })

  test("refuses a reseal of what does not run any more, and says how to reseal what runs", async () => {
    const newer = await builtImage("build-3")
    await using stage = await resealStage(newer, resealed)
    const { id } = await leftReseal(stage)
    const run = await stage.box.envseal(["deploy", "production", "--resume", id], { env: stage.env })
    expect(run.status).toBe(8)
    expect(run.stderr).toContain(`it was resealed from ${runs.digest}`)
    expect(run.stderr).toContain("hint: reseal what runs now: envseal deploy production --reseal")
    await untouched(stage, newer)
  })

  test("says with --dry-run what it would do, and starts nothing", async () => {
    await using stage = await resealStage(runs, resealed)
    const dryRun = (...args: readonly string[]) =>
      stage.box.envseal(["deploy", "production", "--reseal", "--dry-run", ...args], { env: stage.env })
    const told: Preview = JSON.parse((await dryRun("--json")).stdout)
    expect(told.build).toMatchObject({ reseals: runs.digest, commit, since: commit })
    const run = await dryRun()
    expect([run.status, run.stderr]).toEqual([0, ""])
    expect(run.stdout).toContain(
      `  reseals   the code of ${runs.digest.slice(7, 19)}, by shop, commit ${commit.slice(0, 7)}\n`,
    )
    expect(await operations(stage)).not.toContain("StartBuild")
    await untouched(stage, runs)
  })

  test("needs no right beside those that envseal policy deployer prints", async () => {
    await using stage = await resealStage(runs, resealed)
    const printed = await stage.box.envseal(["policy", "deployer", "-e", "production"], { env: stage.env })
    expect(printed.status).toBe(0)
    await stage.aws.setWorld(withRole(deployWorld, deployer.name, { policies: [JSON.parse(printed.stdout)] }))
    expect((await deploy(stage, "--reseal")).status).toBe(0)
  })

  test("changes nothing for who may not read images, and names the right", async () => {
    await using stage = await resealStage(runs, resealed)
    const policies = deployer.policies.map((policy) => ({
      ...policy,
      Statement: [policy.Statement].flat().map((one) => ({
        ...one,
        Action: [one.Action].flat().filter((action) => action !== "ecr:BatchGetImage"),
      })),
    }))
    await stage.aws.setWorld(withRole(deployWorld, deployer.name, { policies: policies as never }))
    const run = await deploy(stage, "--reseal")
    expect([run.status, run.code]).toEqual([5, "ACCESS_DENIED"])
    expect(run.stderr).toContain("ecr:BatchGetImage")
    await untouched(stage, runs)
  })

  test.each([
    ["--image", "build-1"],
    ["--source", "main"],
    ["--commit", commit],
  ])("is refused beside %s", async (...option) => {
    await using stage = await resealStage(runs, resealed)
    const run = await stage.box.envseal(["deploy", "production", "--reseal", ...option], { env: stage.env })
    expect([run.status, run.stdout]).toEqual([2, ""])
  })
})
