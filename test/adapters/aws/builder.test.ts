import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { AwsBuilder } from "../../../src/adapters/aws/builder.ts"
import type { BuildRequest } from "../../../src/ports/builder.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { failurePlay, shopProject, successPlay } from "../../fake/aws/deploy-world.ts"
import { type ProjectEnvironment, projectArn } from "../../fake/aws/project.ts"
import { account, region } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, settingFor, startAws } from "./setting.ts"

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.clearFailures()
  // What an earlier test began has ended then.
  await aws.advance(1_000)
  await aws.setWorld({ projects: [shopProject()] })
  await aws.clearRequests()
})

const commit = "0123456789abcdef0123456789abcdef01234567"
let tokens = 0
const request = (part: Partial<BuildRequest> = {}): BuildRequest => ({
  project: "shop",
  sourceVersion: commit,
  variables: {},
  token: `token-${tokens++}`,
  ...part,
})

function builderFor(role = "deployer"): AwsBuilder {
  const { settings, credentials } = settingFor(aws, role)
  return new AwsBuilder(settings, credentials)
}

describe("a project", () => {
  const arn = projectArn("shop", region, account)

  test.each(["shop", arn])("is known by %s, with its source", async (name) => {
    expect(await builderFor().project(name)).toEqual({
      name: "shop",
      arn,
      sourceType: "GITHUB",
      sourceLocation: "https://github.com/example/shop.git",
      buildspec: null,
      batch: false,
      serviceRole: "arn:aws:iam::111122223333:role/codebuild-shop-service-role",
      privileged: true,
      image: "aws/codebuild/standard:7.0",
      carrier: null,
    })
    expect(await asked(aws)).toEqual(["codebuild:BatchGetProjects"])
  })

  test("has of its variables the carrier of envseal alone", async () => {
    const references = [{ name: "ENVSEAL_BINARY", value: "/envseal/image", type: "PARAMETER_STORE" }] as const
    const of = async (environment: ProjectEnvironment) => {
      await aws.setWorld({ projects: [shopProject([successPlay()], { environment })] })
      const project = await builderFor().project("shop")
      expect(JSON.stringify(project)).not.toContain("hunter2")
      return project?.carrier
    }
    const variables = { OTHER: "hunter2", ENVSEAL_BINARY: "a.b/envseal:1" }
    expect(await of({ variables })).toEqual({ value: "a.b/envseal:1", type: "PLAINTEXT" })
    expect(await of({ references })).toEqual({ value: "/envseal/image", type: "PARAMETER_STORE" })
  })

  test("of batch builds is told apart", async () => {
    const buildBatchConfig = { serviceRole: "arn:aws:iam::111122223333:role/batch" }
    await aws.setWorld({ projects: [shopProject([successPlay()], { buildBatchConfig })] })
    expect(await builderFor().project("shop")).toMatchObject({ batch: true })
  })

  test("that has no source has none", async () => {
    await aws.setWorld({ projects: [shopProject([successPlay()], { source: { type: "NO_SOURCE" } })] })
    const project = await builderFor().project("shop")
    expect(project).toMatchObject({ sourceType: "NO_SOURCE", sourceLocation: null })
  })

  test("that is not there is null", async () => {
    await aws.setWorld({ projects: [] })
    expect(await builderFor().project("shop")).toBeNull()
  })

  test("that is not for this role is denied after one request, and the hint is the permission", async () => {
    const { code, hint } = await failureOf(() => builderFor("nobody").project("shop"))
    expect(code).toBe("ACCESS_DENIED")
    expect(JSON.parse(hint?.slice(hint.indexOf("{")) ?? "")).toEqual({
      Effect: "Allow",
      Action: "codebuild:BatchGetProjects",
      Resource: arn,
    })
    expect(await asked(aws)).toHaveLength(1)
  })
})

describe("a start", () => {
  test("asks for the commit, the token and the variables, and for nothing else", async () => {
    const variables = { APP_VERSION: "1.2.3", EMPTY: "" }
    const build = await builderFor().start(request({ variables, token: "one-token" }))
    expect(build).toMatchObject({ project: "shop", status: "IN_PROGRESS", complete: false, retriesLeft: 0 })
    const [started] = (await aws.builds()).slice(-1)
    expect(started).toMatchObject({ id: build.id, sourceVersion: commit })
    expect(started?.environment.environmentVariables).toEqual([
      { name: "APP_VERSION", value: "1.2.3", type: "PLAINTEXT" },
      { name: "EMPTY", value: "", type: "PLAINTEXT" },
    ])
    const [logged] = await aws.requests()
    expect(logged).toMatchObject({ operation: "StartBuild", idempotencyToken: "one-token" })
  })

  test("without a commit leaves the version to the project", async () => {
    await builderFor().start(request({ sourceVersion: null }))
    const [started] = (await aws.builds()).slice(-1)
    expect(started).not.toHaveProperty("sourceVersion")
  })

  test("leaves the retries to the project", async () => {
    await aws.setWorld({ projects: [shopProject([successPlay()], { autoRetryLimit: 2 })] })
    expect((await builderFor().start(request())).retriesLeft).toBe(2)
  })

  test.each(["throttle", "unavailable", "reset"] as const)(
    "that meets a %s is repeated with the same token, and starts one build",
    async (failure) => {
      const before = (await aws.builds()).length
      await aws.fail({ service: "codebuild", operation: "StartBuild", times: 2, with: failure })
      await builderFor().start(request({ token: `same-${failure}` }))
      const tried = (await aws.requests()).map(({ idempotencyToken }) => idempotencyToken).filter(Boolean)
      expect(await asked(aws)).toHaveLength(3)
      expect(new Set(tried)).toEqual(new Set([`same-${failure}`]))
      expect(await aws.builds()).toHaveLength(before + 1)
    },
  )

  test.each([
    ["that finds a value wrong", "InvalidInputException", "BUILD_NOT_STARTED"],
    ["that repeats the request", "AccessDeniedException", "ACCESS_DENIED"],
  ])("refused by an answer %s shows no value of a variable", async (_, name, code) => {
    const variables = { DSN: 'hunter2 of "canary"', LONG: "canary-of-a-longer-value", SHORT: "eu" }
    const message = `Value '${variables.DSN}' at 'x' failed; ${JSON.stringify({ variables })}; is eu? eu-west-1:${variables.LONG}`
    await aws.fail({
      service: "codebuild",
      operation: "StartBuild",
      with: { code: name, message, status: 400 },
    })
    const error = await failureOf(() => builderFor().start(request({ variables })))
    expect(error.code).toBe(code)
    expect(error.message).toContain('Value \'***\' at \'x\' failed; {"variables":{"DSN":"***"')
    expect(error.message).toContain("is ***?")
    expect(`${error.message} ${error.hint}`).not.toMatch(/hunter2|canary|"eu"/)
  })

  test("with the token of another one gives the build of that one", async () => {
    const again = request()
    const builder = builderFor()
    expect((await builder.start(again)).id).toBe((await builder.start(again)).id)
  })

  test("with the token of another one, and something else in it, is refused with what CodeBuild says", async () => {
    const first = request()
    await builderFor().start(first)
    const { code, message } = await failureOf(() => builderFor().start({ ...first, sourceVersion: "main" }))
    expect(code).toBe("BUILD_NOT_STARTED")
    expect(message).toMatch(/^CodeBuild started no build of shop: \w+/)
  })

  test("beyond the limit of the project is refused after one request", async () => {
    await aws.setWorld({ projects: [shopProject([successPlay()], { concurrentBuildLimit: 1 })] })
    await builderFor().start(request())
    await aws.clearRequests()
    const { code, message, hint } = await failureOf(() => builderFor().start(request()))
    expect(code).toBe("BUILD_NOT_STARTED")
    expect(message).toContain("Cannot have more than 1 active builds")
    expect(hint).toContain("try again")
    expect(await asked(aws)).toHaveLength(1)
  })

  test("of a project that is not there says so", async () => {
    await aws.setWorld({ projects: [] })
    const { code, message, hint } = await failureOf(() => builderFor().start(request()))
    expect(code).toBe("PROJECT_UNUSABLE")
    expect(message).toMatch(/does not exist in eu-west-1 of account 111122223333$/)
    expect(hint).toContain("aws codebuild list-projects")
  })
})

describe("a reading", () => {
  test("follows a build to its end, with its phases, its log and what it exported", async () => {
    const builder = builderFor()
    const { id, log } = await builder.start(request())
    expect(log).toEqual({ type: "pending" })
    await aws.advance(30)
    const running = await builder.read(id)
    expect(running).toMatchObject({ complete: false, currentPhase: "BUILD", commit })
    expect(running?.log).toEqual({ type: "stream", group: "/aws/codebuild/shop", stream: id.split(":")[1] })
    expect(running?.phases.at(-1)).toMatchObject({ type: "BUILD", status: null, seconds: null })
    await aws.advance(100)
    const ended = await builder.read(id)
    expect(ended).toMatchObject({ status: "SUCCEEDED", complete: true, currentPhase: "COMPLETED" })
    expect(ended?.exported["ENVSEAL_IMAGE"]).toMatch(/@sha256:b{64}$/)
    expect(ended?.endedAtMs).toBeGreaterThan(ended?.startedAtMs ?? 0)
    expect(ended?.url).toContain(`/${account}/projects/shop/build/`)
  })

  test("of a failure has the phase and its message", async () => {
    await aws.setWorld({ projects: [shopProject([failurePlay("PRE_BUILD", "exit status 3")])] })
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.advance(200)
    const build = await builder.read(id)
    expect(build).toMatchObject({ status: "FAILED", complete: true })
    const failing = build?.phases.find(({ status }) => status !== "SUCCEEDED" && status !== null)
    expect(failing).toMatchObject({
      type: "PRE_BUILD",
      messages: ["COMMAND_EXECUTION_ERROR: exit status 3"],
    })
  })

  test("of a build that CodeBuild started again has the other one, which can be read", async () => {
    await aws.setWorld({
      projects: [shopProject([failurePlay("BUILD"), successPlay()], { autoRetryLimit: 1 })],
    })
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.advance(200)
    const { retriedAs } = (await builder.read(id)) ?? { retriedAs: null }
    expect(retriedAs).toMatch(/^shop:/)
    expect(retriedAs).not.toBe(id)
    expect(await builder.read(retriedAs ?? "")).toMatchObject({ id: retriedAs, retriesLeft: 0 })
  })

  test("of a build that is not there is null", async () => {
    expect(await builderFor().read("shop:00000000-0000-4000-8000-000000000000")).toBeNull()
  })

  test("of an id that cannot be is null", async () => {
    const message = "Invalid build ID provided"
    await aws.fail({
      service: "codebuild",
      operation: "BatchGetBuilds",
      with: { status: 400, code: "InvalidInputException", message },
    })
    expect(await builderFor().read("shop:1")).toBeNull()
  })

  test.each([
    ["throttle", "THROTTLED"],
    ["unavailable", "REMOTE_FAILED"],
    ["reset", "REMOTE_FAILED"],
    ["garbage", "REMOTE_FAILED"],
  ] as const)("that meets a %s ends with %s after one request", async (failure, code) => {
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.clearRequests()
    await aws.fail({ service: "codebuild", operation: "BatchGetBuilds", with: failure })
    expect((await failureOf(() => builder.read(id))).code).toBe(code)
    expect(await asked(aws)).toEqual(["codebuild:BatchGetBuilds"])
  })
})

describe("a stop", () => {
  test("ends a build that runs", async () => {
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.advance(30)
    await builder.stop(id)
    await aws.advance(60)
    expect(await builder.read(id)).toMatchObject({ status: "STOPPED", complete: true })
  })

  test("of a build that has ended leaves it as it is", async () => {
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.advance(200)
    expect(await builder.stop(id)).toMatchObject({ id, status: "SUCCEEDED", complete: true })
  })

  test("of a build that is not there is null", async () => {
    expect(await builderFor().stop("shop:00000000-0000-4000-8000-000000000000")).toBeNull()
  })

  test("that is throttled is repeated", async () => {
    const builder = builderFor()
    const { id } = await builder.start(request())
    await aws.fail({ service: "codebuild", operation: "StopBuild", times: 1, with: "throttle" })
    expect((await builder.stop(id))?.id).toBe(id)
  })
})
