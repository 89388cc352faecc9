import { describe, expect, test } from "vitest"
import { phaseTypes } from "../../fake/aws/build-play.ts"
import { builtDigest, failurePlay, successPlay } from "../../fake/aws/deploy-world.ts"
import { deployment } from "../../fake/kubernetes/client.ts"
import { letReady } from "./rollout.ts"
import {
  beginDeploy,
  changes,
  deploy,
  endOf,
  newImage,
  oldImage,
  operations,
  type StageOptions,
  startStage,
} from "./stage.ts"

const web = deployment("web", { image: oldImage, replicas: 1 })

async function deployOf(options: StageOptions) {
  const stage = await startStage(options)
  await stage.cluster.deploy(web)
  return stage
}

describe.concurrent("envseal deploy, of its build", () => {
  const phases = phaseTypes.filter((phase) => phase !== "COMPLETED")

  test.each(phases)("that fails in %s names that phase, and changes no workload", async (phase) => {
    await using stage = await deployOf({ builds: [failurePlay(phase, `it broke in ${phase}`)] })
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([8, "BUILD_FAILED"])
    expect(run.stderr).toContain(` failed in ${phase}: COMMAND_EXECUTION_ERROR: it broke in ${phase}`)
    expect(endOf(run).standing).toBe("untouched")
    expect((await changes(stage)).filter((change) => !change.includes("leases"))).toEqual([])
  })

  const ends = [
    { status: "STOPPED", says: "was stopped in BUILD" },
    { status: "TIMED_OUT", says: "ran out of time in BUILD" },
    { status: "FAULT", says: "failed by a fault of CodeBuild in BUILD" },
  ] as const

  test.each(ends)("that ends as $status ends with 8", async ({ status, says }) => {
    await using stage = await deployOf({ builds: [{ failure: { phase: "BUILD", status } }] })
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([8, "BUILD_FAILED"])
    expect(run.stderr).toContain(says)
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "build-ended", status }))
    expect(await stage.cluster.podImages("web")).toEqual([oldImage])
  })

  test("that waits long in the queue is waited for", async () => {
    await using stage = await deployOf({ builds: [{ ...successPlay(), seconds: { QUEUED: 240 } }] })
    const run = await deploy(stage)
    expect(run.status).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
  })

  test("goes on when CodeBuild says twice that it is asked too often", async () => {
    await using stage = await deployOf({ builds: [successPlay()] })
    await stage.aws.fail({ operation: "BatchGetBuilds", times: 2, with: "throttle" })
    const run = await deploy(stage)
    expect(run.status).toBe(0)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
  })

  test("succeeds without its log when the log group is missing", async () => {
    await using stage = await deployOf({
      builds: [{ ...successPlay(), log: { missing: "group" } }],
      // Its log is waited for, but not by the rollout.
      setup: { plays: { [newImage]: { do: "never-ready" } } },
    })
    const going = beginDeploy(stage)
    await going.says("the lines of the build are not shown: there is no stream")
    await letReady(stage)
    const run = await going.done
    expect(run.status).toBe(0)
    expect(endOf(run).standing).toBe("new")
  })

  const elsewhere: readonly { readonly where: string; readonly s3: "ENABLED" | "DISABLED" }[] = [
    { where: "in S3 alone", s3: "ENABLED" },
    { where: "nowhere", s3: "DISABLED" },
  ]

  test.each(elsewhere)("succeeds with a word about its log when that is $where", async ({ s3 }) => {
    const s3Logs = { status: s3, ...(s3 === "ENABLED" && { location: "shop-logs/builds" }) }
    await using stage = await deployOf({
      builds: [successPlay()],
      project: { logsConfig: { cloudWatchLogs: { status: "DISABLED" }, s3Logs } },
    })
    const run = await deploy(stage)
    expect([run.status, endOf(run).standing]).toEqual([0, "new"])
    expect(run.stderr).toContain("the lines of the build are not shown: its log is")
    if (s3 === "ENABLED") expect(run.stderr).toContain("shop-logs/builds")
    expect(await operations(stage)).not.toContain("GetLogEvents")
  })

  test("that CodeBuild starts again after a failure is followed to the second one", async () => {
    await using stage = await deployOf({
      builds: [failurePlay("BUILD"), successPlay()],
      project: { autoRetryLimit: 1 },
    })
    const run = await deploy(stage)
    expect(run.status).toBe(0)
    expect(run.progress).toContainEqual(expect.objectContaining({ type: "build-retried" }))
    expect((await operations(stage)).filter((one) => one === "StartBuild")).toHaveLength(1)
  })

  test("is not started for a project that builds batches", async () => {
    await using stage = await deployOf({
      builds: [successPlay()],
      project: { buildBatchConfig: { serviceRole: "arn:aws:iam::111122223333:role/batch" } },
    })
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([2, "PROJECT_UNUSABLE"])
    expect(run.stderr).toContain("the CodeBuild project shop builds batches")
    expect(await operations(stage)).not.toContain("StartBuild")
    expect(await changes(stage)).toEqual([])
  })

  test("is not started when there is no such project", async () => {
    await using stage = await deployOf({ builds: [], world: { projects: [] } })
    const run = await deploy(stage)
    expect([run.status, run.code]).toEqual([2, "PROJECT_UNUSABLE"])
    expect(await operations(stage)).not.toContain("StartBuild")
  })

  test("is waited for when its image comes late, and changes no workload before", async ({ expect }) => {
    const { image: _, ...play } = successPlay()
    await using stage = await deployOf({ builds: [play] })
    const going = beginDeploy(stage)
    const hasLooked = async () => (await operations(stage)).includes("DescribeImages")
    await expect.poll(hasLooked, { timeout: 120_000 }).toBe(true)
    expect(await stage.cluster.podImages("web")).toEqual([oldImage])
    const image = { digest: builtDigest, tags: ["late"], pushedAt: new Date().toISOString() }
    await stage.aws.setWorld({ repositories: [{ name: "shop", images: [image] }] })
    const run = await going.done
    expect(run.status).toBe(0)
    expect(run.stderr).toContain(`${newImage} is not there yet`)
    expect(await stage.cluster.podImages("web")).toEqual([newImage])
  })

  test("is started once when the answer to its start is lost", async () => {
    await using stage = await deployOf({ builds: [successPlay()] })
    await stage.aws.fail({ operation: "StartBuild", times: 1, with: "lost" })
    const run = await deploy(stage)
    expect(run.status).toBe(0)
    expect((await operations(stage)).filter((one) => one === "StartBuild")).toHaveLength(2)
    expect(await stage.aws.builds()).toHaveLength(1)
  })
})
