import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  type Build,
  CodeBuildClient,
  StartBuildCommand,
  type StartBuildInput,
  StopBuildCommand,
} from "@aws-sdk/client-codebuild"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Play } from "./build-play.ts"
import { type FakeAws, startFakeAws } from "./client.ts"
import {
  builtDigest,
  deployWorld,
  failurePlay,
  shopProject,
  shopRepository,
  successPlay,
} from "./deploy-world.ts"
import type { Project } from "./project.ts"
import { codeBuildAs, credentialsOf, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"
import { type Role, roleArn, type World, withProject } from "./world.ts"

const commit = "0123456789abcdef0123456789abcdef01234567"
const role = (name: string, part: Partial<Role> = {}): Role => ({
  ...{ name, mechanisms: ["static"], ...part },
  policies: [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } }],
})
const elsewhere = roleArn("elsewhere", "444455556666")
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, role("admin"), role("elsewhere", { account: "444455556666" })],
  buildClock: { stepSeconds: 0 },
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
beforeEach(async () => {
  await aws.setWorld({ projects: world.projects, buildClock: world.buildClock })
  await aws.clearRequests()
  await aws.clearFailures()
})
afterAll(() => aws.stop())

const codeBuild = (as = "deployer", region = "eu-west-1") => codeBuildAs(aws, as, { region })
const plays = (list: readonly Play[], part: Partial<Project> = {}) =>
  aws.setWorld({ projects: [shopProject(list, part)] })

async function start(input: Partial<StartBuildInput> = {}, as = "deployer"): Promise<Build> {
  const { build } = await codeBuild(as).send(new StartBuildCommand({ projectName: "shop", ...input }))
  return build ?? {}
}

async function get(id: string | undefined, as = "deployer"): Promise<Build> {
  const { builds = [] } = await codeBuild(as).send(new BatchGetBuildsCommand({ ids: [id ?? ""] }))
  return builds[0] ?? {}
}

async function getAfter(id: string | undefined, seconds: number): Promise<Build> {
  await aws.advance(seconds)
  return get(id)
}

describe("a build that is really made", () => {
  const open: Play = { seconds: { QUEUED: 0, PROVISIONING: 0, DOWNLOAD_SOURCE: 0, INSTALL: 0, PRE_BUILD: 0 } }
  const made = { POST_BUILD: 0, FINALIZING: 0 }

  test("ends when its maker says so, with what came of it", async () => {
    await plays([{ seconds: { ...open.seconds, BUILD: 9999 } }])
    const { id = "" } = await start()
    await aws.advance(5000)
    expect(await get(id)).toMatchObject({ currentPhase: "BUILD", buildComplete: false })
    await aws.endBuild(id, { ...successPlay(), seconds: made })
    expect(await get(id)).toMatchObject({
      buildStatus: "SUCCEEDED",
      exportedEnvironmentVariables: [{ name: "ENVSEAL_IMAGE", value: `${shopRepository}@${builtDigest}` }],
    })
    await expect(aws.endBuild(id, {})).rejects.toThrow(`no build ${id} is in the phase BUILD`)
  })

  test("may have failed", async () => {
    await plays([{ seconds: { ...open.seconds, BUILD: 9999 } }])
    const { id = "" } = await start()
    await aws.endBuild(id, { ...failurePlay("BUILD", "exit status 7"), seconds: made })
    expect(await get(id)).toMatchObject({ buildStatus: "FAILED", buildComplete: true })
  })
})

describe("a build that has begun", () => {
  test("is submitted and queued, and has what it was asked for and what the project has", async () => {
    await plays([{}], { environment: { variables: { APP: "shop", TIER: "web" }, privilegedMode: true } })
    const build = await start({
      sourceVersion: commit,
      environmentVariablesOverride: [{ name: "TIER", value: "api", type: "PLAINTEXT" }],
    })
    expect(build).toMatchObject({
      id: expect.stringMatching(/^shop:[0-9a-f-]{36}$/),
      arn: `arn:aws:codebuild:eu-west-1:111122223333:build/${build.id}`,
      currentPhase: "QUEUED",
      buildStatus: "IN_PROGRESS",
      buildComplete: false,
      sourceVersion: commit,
      projectName: "shop",
      source: { type: "GITHUB", location: "https://github.com/example/shop.git" },
      initiator: "deployer/static",
      serviceRole: "arn:aws:iam::111122223333:role/codebuild-shop-service-role",
      exportedEnvironmentVariables: [],
      autoRetryConfig: { autoRetryLimit: 0, autoRetryNumber: 0 },
    })
    expect(build.environment).toMatchObject({
      privilegedMode: true,
      environmentVariables: [
        { name: "APP", value: "shop", type: "PLAINTEXT" },
        { name: "TIER", value: "api", type: "PLAINTEXT" },
      ],
    })
    expect(build.phases?.map(({ phaseType, phaseStatus }) => [phaseType, phaseStatus])).toEqual([
      ["SUBMITTED", "SUCCEEDED"],
      ["QUEUED", undefined],
    ])
    expect(build.startTime).toBeInstanceOf(Date)
    expect([build.endTime, build.resolvedSourceVersion, build.logs?.groupName]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test("has a number that is greater by one than that of the build before", async () => {
    const { buildNumber = 0 } = await start()
    expect((await start()).buildNumber).toBe(buildNumber + 1)
  })

  test("goes by the clock of the builds through all phases to its end", async () => {
    const { id, startTime } = await start({ sourceVersion: "main" })
    expect((await getAfter(id, 11)).currentPhase).toBe("DOWNLOAD_SOURCE")
    expect((await get(id)).resolvedSourceVersion).toBeUndefined()
    expect((await getAfter(id, 10)).resolvedSourceVersion).toMatch(/^[0-9a-f]{40}$/)
    const build = await getAfter(id, 71)
    expect(build).toMatchObject({ buildStatus: "SUCCEEDED", buildComplete: true, currentPhase: "COMPLETED" })
    expect(build.exportedEnvironmentVariables).toEqual([
      { name: "ENVSEAL_IMAGE", value: `${shopRepository}@${builtDigest}` },
    ])
    expect((build.endTime?.getTime() ?? 0) - (startTime?.getTime() ?? 0)).toBe(92_000)
    expect(build.phases?.map(({ durationInSeconds }) => durationInSeconds)).toEqual([
      ...[0, 1, 10, 3, 1, 5, 60, 10, 0, 2],
      undefined,
    ])
    expect(build.phases?.at(-1)).toEqual({ phaseType: "COMPLETED", startTime: build.endTime })
  })

  test("moves by each BatchGetBuilds where the clock has steps", async () => {
    await aws.setWorld({ buildClock: { stepSeconds: 46 } })
    const { id } = await start()
    expect([(await get(id)).currentPhase, (await get(id)).buildComplete]).toEqual(["BUILD", true])
  })

  test("moves by the wall clock where the clock has a speed", async () => {
    await aws.setWorld({ buildClock: { speed: 100_000 } })
    const { id } = await start()
    await expect.poll(() => get(id)).toMatchObject({ buildComplete: true })
  })

  test("goes on as it began when the project is changed", async () => {
    const { id } = await start()
    await plays([failurePlay("INSTALL")])
    expect((await getAfter(id, 100)).buildStatus).toBe("SUCCEEDED")
    expect((await getAfter((await start()).id, 100)).buildStatus).toBe("FAILED")
  })

  test("has no resolved version when its source has no commits", async () => {
    await plays([{}], { source: { type: "S3", location: "bucket/shop.zip" } })
    const build = await getAfter((await start({ sourceVersion: "v1" })).id, 100)
    expect([build.sourceVersion, build.resolvedSourceVersion]).toEqual(["v1", undefined])
  })

  test("has the version and the batch that its play says", async () => {
    const buildBatchArn = "arn:aws:codebuild:eu-west-1:111122223333:build-batch/shop:1"
    await plays([{ resolvedSourceVersion: commit, buildBatchArn }])
    const { id } = await start({ sourceVersion: "main" })
    expect(await getAfter(id, 100)).toMatchObject({ resolvedSourceVersion: commit, buildBatchArn })
  })
})

describe("a build that fails", () => {
  test.each(["QUEUED", "DOWNLOAD_SOURCE", "BUILD", "POST_BUILD"] as const)(
    "in %s says so by that phase, its context and its status",
    async (phase) => {
      await plays([failurePlay(phase)])
      const build = await getAfter((await start()).id, 200)
      expect(build).toMatchObject({ buildStatus: "FAILED", buildComplete: true })
      const failed = build.phases?.filter(({ phaseStatus = "SUCCEEDED" }) => phaseStatus !== "SUCCEEDED")
      expect(failed).toMatchObject([
        {
          phaseType: phase,
          phaseStatus: "FAILED",
          contexts: [{ statusCode: "COMMAND_EXECUTION_ERROR", message: "exit status 1" }],
        },
      ])
    },
  )

  test.each(["FAULT", "TIMED_OUT", "STOPPED"] as const)("can end with the status %s", async (status) => {
    await plays([{ failure: { phase: "BUILD", status } }])
    expect((await getAfter((await start()).id, 200)).buildStatus).toBe(status)
  })

  test("is played in its turn, and the last play repeats", async () => {
    await plays([failurePlay("BUILD"), {}])
    const builds = [await start(), await start(), await start()]
    await aws.advance(200)
    const ended = await Promise.all(builds.map(({ id }) => get(id)))
    expect(ended.map(({ buildStatus }) => buildStatus)).toEqual(["FAILED", "SUCCEEDED", "SUCCEEDED"])
  })
})

describe("a build that CodeBuild starts again", () => {
  test("follows the failed one at its end, in its turn of the plays, until one succeeds", async () => {
    await plays([failurePlay("BUILD"), failurePlay("INSTALL"), successPlay()], { autoRetryLimit: 5 })
    const first = await getAfter((await start({ sourceVersion: commit })).id, 1000)
    const second = await get(first.autoRetryConfig?.nextAutoRetry)
    const third = await get(second.autoRetryConfig?.nextAutoRetry)
    expect(first.autoRetryConfig).toEqual({
      autoRetryLimit: 5,
      autoRetryNumber: 0,
      nextAutoRetry: second.arn,
    })
    expect(second.autoRetryConfig).toMatchObject({ autoRetryNumber: 1, previousAutoRetry: first.arn })
    expect(second.startTime).toEqual(first.endTime)
    expect(third).toMatchObject({ buildStatus: "SUCCEEDED", sourceVersion: commit })
    expect(third.autoRetryConfig?.nextAutoRetry).toBeUndefined()
  })

  test.each<[string, Partial<StartBuildInput>, Play, number]>([
    ["as often as the project's limit says", {}, failurePlay("BUILD"), 3],
    ["as often as the request says", { autoRetryLimitOverride: 1 }, failurePlay("BUILD"), 2],
    ["never when the request says so", { autoRetryLimitOverride: 0 }, failurePlay("BUILD"), 1],
    ["never when it was stopped", {}, { failure: { phase: "BUILD", status: "STOPPED" } }, 1],
    ["never when it succeeds", {}, {}, 1],
  ])("is started again %s", async (_, input, play, count) => {
    await plays([play], { autoRetryLimit: 2 })
    const before = (await aws.builds()).length
    await start(input)
    await aws.advance(2000)
    expect((await aws.builds()).length - before).toBe(count)
  })
})

describe("an idempotency token", () => {
  const twice = async (input: Partial<StartBuildInput>, seconds = 0) => {
    const first = await start({ idempotencyToken: "once", sourceVersion: commit })
    await aws.advance(seconds)
    return [first, await start({ idempotencyToken: "once", sourceVersion: commit, ...input })] as const
  }
  beforeEach(async () => {
    await aws.advance(300)
  })

  test("starts one build, which is given again as it is by then", async () => {
    const [first, second] = await twice({}, 20)
    expect([second.id, second.currentPhase]).toEqual([first.id, "BUILD"])
    expect(
      (await aws.requests()).map(({ idempotencyToken, buildIds }) => [idempotencyToken, buildIds]),
    ).toEqual(Array(2).fill(["once", [first.id]]))
  })

  test("is forgotten after five minutes", async () => {
    const [first, second] = await twice({}, 300)
    expect(second.id).not.toBe(first.id)
  })

  test("cannot be used with another parameter", async () => {
    expect(await sdkFailure(twice({ sourceVersion: "main" }))).toMatchObject({
      name: "InvalidInputException",
      status: 400,
    })
  })

  test("makes good for an answer that was lost", async () => {
    await aws.fail({ service: "codebuild", operation: "StartBuild", times: 1, with: "lost" })
    const client = new CodeBuildClient({
      ...{ endpoint: aws.url, region: "eu-west-1", credentials: credentialsOf(aws, "deployer") },
    })
    const before = (await aws.builds()).length
    await client.send(new StartBuildCommand({ projectName: "shop", idempotencyToken: "lost" }))
    expect((await aws.builds()).length - before).toBe(1)
    expect((await aws.requests()).map(({ outcome, status }) => [outcome, status])).toEqual([
      ["lost", 0],
      ["ok", 200],
    ])
  })

  test("is needed for that: without one, two requests are two builds", async () => {
    expect((await start()).id).not.toBe((await start()).id)
    expect((await aws.requests()).map(({ idempotencyToken }) => idempotencyToken)).toEqual([null, null])
  })
})

describe("StopBuild", () => {
  const stop = (id: string | undefined) => codeBuild().send(new StopBuildCommand({ id }))

  test("ends a build in its phase", async () => {
    const { id } = await start()
    await aws.advance(30)
    const { build } = await stop(id)
    expect(build).toMatchObject({ buildStatus: "STOPPED", buildComplete: true, currentPhase: "COMPLETED" })
    expect(build?.phases?.at(-2)).toMatchObject({
      phaseType: "BUILD",
      phaseStatus: "STOPPED",
      durationInSeconds: 10,
    })
    expect((await getAfter(id, 100)).buildStatus).toBe("STOPPED")
  })

  test("leaves a build that has ended as it is", async () => {
    const { id } = await start()
    await aws.advance(200)
    expect((await stop(id)).build?.buildStatus).toBe("SUCCEEDED")
  })

  test("finds no build that is not there", async () => {
    expect((await sdkFailure(stop("shop:00000000"))).name).toBe("ResourceNotFoundException")
    expect((await sdkFailure(stop("shop"))).name).toBe("InvalidInputException")
  })
})

describe("BatchGetBuilds", () => {
  test("gives builds by id or ARN, and says which it did not find", async () => {
    const one = await start()
    const { builds, buildsNotFound } = await codeBuild().send(
      new BatchGetBuildsCommand({ ids: [one.arn ?? "", "shop:00000000", one.id ?? ""] }),
    )
    expect(builds?.map(({ id }) => id)).toEqual([one.id, one.id])
    expect(buildsNotFound).toEqual(["shop:00000000"])
  })

  test("is throttled when a rule says so, at the very call that it says", async () => {
    await aws.fail({
      service: "codebuild",
      operation: "BatchGetBuilds",
      after: 1,
      times: 1,
      with: "throttle",
    })
    const { id } = await start()
    expect((await get(id)).id).toBe(id)
    expect(await sdkFailure(get(id))).toEqual({
      name: "ThrottlingException",
      message: "Rate exceeded",
      status: 400,
    })
    expect((await get(id)).id).toBe(id)
  })

  test("takes one to a hundred ids", async () => {
    const ask = (ids: string[]) => sdkFailure(codeBuild().send(new BatchGetBuildsCommand({ ids })))
    expect((await ask([])).name).toBe("InvalidInputException")
    expect((await ask(Array(101).fill("shop:1"))).name).toBe("InvalidInputException")
  })
})

describe("BatchGetProjects", () => {
  test("gives projects by name or ARN, with what a deploy has to know", async () => {
    await plays([{}], {
      buildBatchConfig: { serviceRole: "arn:aws:iam::111122223333:role/batch" },
      logsConfig: { cloudWatchLogs: { status: "DISABLED" } },
      autoRetryLimit: 2,
    })
    const arn = "arn:aws:codebuild:eu-west-1:111122223333:project/shop"
    const { projects, projectsNotFound } = await codeBuild("admin").send(
      new BatchGetProjectsCommand({ names: ["shop", arn, "web"] }),
    )
    expect(projects).toHaveLength(2)
    expect(projects?.[0]).toMatchObject({
      name: "shop",
      arn,
      source: { type: "GITHUB", location: "https://github.com/example/shop.git" },
      buildBatchConfig: { serviceRole: "arn:aws:iam::111122223333:role/batch" },
      logsConfig: { cloudWatchLogs: { status: "DISABLED" } },
      autoRetryLimit: 2,
    })
    expect(projectsNotFound).toEqual(["web"])
  })

  test("finds none in another Region or account", async () => {
    const ask = (client: CodeBuildClient) => client.send(new BatchGetProjectsCommand({ names: ["shop"] }))
    expect(await ask(codeBuild("admin", "eu-central-1"))).toMatchObject({ projectsNotFound: ["shop"] })
    expect(await ask(codeBuild(elsewhere))).toMatchObject({ projectsNotFound: ["shop"] })
  })
})

describe("CodeBuild refuses", () => {
  test("to start a project that is not there, in another Region or account too", async () => {
    const message = "Project cannot be found: arn:aws:codebuild:eu-west-1:111122223333:project/web"
    expect(await sdkFailure(start({ projectName: "web" }, "admin"))).toEqual({
      ...{ name: "ResourceNotFoundException", status: 400, message },
    })
    expect((await sdkFailure(start({}, elsewhere))).name).toBe("ResourceNotFoundException")
    const other = codeBuild("admin", "us-east-1").send(new StartBuildCommand({ projectName: "shop" }))
    expect((await sdkFailure(other)).name).toBe("ResourceNotFoundException")
  })

  test("more builds at once than the project may have", async () => {
    await plays([{}], { concurrentBuildLimit: 1, name: "single" })
    await start({ projectName: "single" }, "admin")
    expect((await sdkFailure(start({ projectName: "single" }, "admin"))).name).toBe(
      "AccountLimitExceededException",
    )
    await aws.advance(200)
    await start({ projectName: "single" }, "admin")
  })

  test("who has no permission for that project, by its ARN", async () => {
    const { id } = await start()
    const denied = async (work: Promise<unknown>, action: string, project = "shop") =>
      expect(await sdkFailure(work)).toMatchObject({
        name: "AccessDeniedException",
        status: 400,
        message: expect.stringContaining(
          `perform: codebuild:${action} on resource: arn:aws:codebuild:eu-west-1:111122223333:project/${project} because`,
        ),
      })
    await denied(start({}, "nobody"), "StartBuild")
    await denied(get(id, "nobody"), "BatchGetBuilds")
    await denied(start({ projectName: "web" }), "StartBuild", "web")
    await denied(get("web:1"), "BatchGetBuilds", "web")
    await denied(codeBuild("nobody").send(new StopBuildCommand({ id })), "StopBuild")
    await denied(
      codeBuild("nobody").send(new BatchGetProjectsCommand({ names: ["shop"] })),
      "BatchGetProjects",
    )
    expect((await get(id)).buildStatus).toBe("IN_PROGRESS")
  })

  test.each<[string, Partial<StartBuildInput>, string]>([
    ["an override that it does not play", { buildspecOverride: "version: 0.2" }, "ValidationException"],
    [
      "a reserved variable",
      { environmentVariablesOverride: [{ name: "CODEBUILD_X", value: "" }] },
      "InvalidInputException",
    ],
    [
      "a variable without a name",
      { environmentVariablesOverride: [{ name: "", value: "" }] },
      "InvalidInputException",
    ],
    ["a limit that is none", { autoRetryLimitOverride: -1 }, "InvalidInputException"],
    ["no project", { projectName: "" }, "InvalidInputException"],
  ])("%s", async (_, input, name) => {
    const before = (await aws.builds()).length
    expect((await sdkFailure(start(input))).name).toBe(name)
    expect((await aws.builds()).length).toBe(before)
  })

  const raw = (operation: string, body: object, service = "codebuild") =>
    sendSigned(aws, "deployer", {
      ...{ service, target: `CodeBuild_20161006.${operation}`, body: JSON.stringify(body) },
    })

  test.each<[string, string, object, string]>([
    ["an unknown member", "StartBuild", { projectName: "shop", project: "x" }, "SerializationException"],
    [
      "an unknown member of a variable",
      "StartBuild",
      { projectName: "shop", environmentVariablesOverride: [{ name: "A", value: "b", secret: "c" }] },
      "SerializationException",
    ],
    [
      "a type of a variable that is none",
      "StartBuild",
      { projectName: "shop", environmentVariablesOverride: [{ name: "A", value: "b", type: "SECRET" }] },
      "InvalidInputException",
    ],
    ["one id instead of a list", "BatchGetBuilds", { ids: "shop:1" }, "SerializationException"],
    ["an ARN of something else", "BatchGetBuilds", { ids: ["arn:aws:s3:::shop"] }, "InvalidInputException"],
    ["an operation that it does not have", "RetryBuild", { id: "shop:1" }, "UnknownOperationException"],
  ])("%s", async (_, operation, body, code) => {
    const answer = await raw(operation, body)
    expect([answer.status, JSON.parse(answer.body).__type]).toEqual([400, code])
  })

  test("a signature for another service", async () => {
    expect((await raw("BatchGetBuilds", { ids: ["shop:1"] }, "ecr")).body).toContain(
      "InvalidSignatureException",
    )
  })
})

test("times on the wire are numbers of seconds", async () => {
  const { id } = await start()
  const { body } = await sendSigned(aws, "deployer", {
    ...{
      service: "codebuild",
      target: "CodeBuild_20161006.BatchGetBuilds",
      body: JSON.stringify({ ids: [id] }),
    },
  })
  const [build] = JSON.parse(body).builds
  for (const time of [build.startTime, build.phases[0].startTime, build.phases[0].endTime]) {
    expect(Math.abs(time - (await aws.advance(0)) / 1000)).toBeLessThan(1)
  }
})

test("the log names operations, callers and builds", async () => {
  const { id } = await start()
  await get(id)
  expect(await aws.requests()).toMatchObject([
    { service: "codebuild", operation: "StartBuild", buildIds: [id], outcome: "ok", region: "eu-west-1" },
    { service: "codebuild", operation: "BatchGetBuilds", buildIds: [id], outcome: "ok", region: "eu-west-1" },
  ])
})

test("a project can be changed alone", async () => {
  await aws.setWorld(withProject(world, "shop", { plays: [{ failure: { phase: "QUEUED" } }] }))
  expect((await getAfter((await start()).id, 2)).buildStatus).toBe("FAILED")
  expect(() => withProject(world, "web", {})).toThrow("there is no project web")
})
