import type { Build as Answered, BuildPhase, LogsLocation } from "@aws-sdk/client-codebuild"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { buildOfRecord } from "../../../src/adapters/aws/build-record.ts"
import type { Build, LogLocation } from "../../../src/core/build.ts"

const id = "shop:1b2c3d4e-0000-4000-8000-000000000001"
const arnOf = (build: string, partition = "aws", region = "eu-west-1") =>
  `arn:${partition}:codebuild:${region}:111122223333:build/${build}`
const running: Answered = {
  id,
  arn: arnOf(id),
  projectName: "shop",
  buildNumber: 12,
  startTime: new Date("2026-01-02T03:04:05.678Z"),
  currentPhase: "BUILD",
  buildStatus: "IN_PROGRESS",
  buildComplete: false,
}

function read(part: Partial<Answered> = {}): Build {
  const build = buildOfRecord({ ...running, ...part })
  if (build === null) throw new Error("it is no build")
  return build
}

test("a build that runs is read without an end, a commit, a retry or a batch", () => {
  expect(read()).toEqual({
    id,
    project: "shop",
    number: 12,
    status: "IN_PROGRESS",
    complete: false,
    currentPhase: "BUILD",
    phases: [],
    startedAtMs: Date.parse("2026-01-02T03:04:05.678Z"),
    endedAtMs: null,
    commit: null,
    exported: {},
    log: { type: "pending" },
    url: `https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/111122223333/projects/shop/build/${id.replace(":", "%3A")}/?region=eu-west-1`,
    retriedAs: null,
    retriesLeft: 0,
    batch: false,
    reseals: null,
  })
})

describe("whether a build is over", () => {
  test.each([
    ["it says so", { buildStatus: "FAILED", buildComplete: true }, "FAILED", true],
    ["its status is final, and it is not complete", { buildStatus: "FAILED" }, "FAILED", false],
    ["its status is one that is not known yet", { buildStatus: "PAUSED" as "FAILED" }, "IN_PROGRESS", false],
    [
      "it ends with a status that is not known yet",
      { buildStatus: "LOST" as "FAILED", buildComplete: true },
      "FAULT",
      true,
    ],
    ["it ends without a status", { buildStatus: undefined, buildComplete: true }, "FAULT", true],
  ] as const)("when %s", (_, part, status, complete) => {
    expect(read(part)).toMatchObject({ status, complete })
  })

  test("decides whether its time of end counts", () => {
    const endTime = new Date("2026-01-02T03:05:00Z")
    expect(read({ endTime }).endedAtMs).toBeNull()
    expect(read({ endTime, buildComplete: true }).endedAtMs).toBe(endTime.getTime())
  })
})

describe("the log of a build", () => {
  const group = "/aws/codebuild/shop"
  const enabled = { status: "ENABLED" } as const
  const disabled = { status: "DISABLED" } as const
  const s3 = { status: "ENABLED", location: "logs-bucket/shop" } as const
  test.each<[string, LogsLocation | undefined, LogLocation]>([
    ["nothing is said", undefined, { type: "pending" }],
    ["the names are missing", { cloudWatchLogs: enabled }, { type: "pending" }],
    ["the names are the text null", { groupName: "null", streamName: "null" }, { type: "pending" }],
    ["the stream alone is null", { groupName: group, streamName: "null" }, { type: "pending" }],
    ["both are there", { groupName: group, streamName: "x/1" }, { type: "stream", group, stream: "x/1" }],
    [
      "it goes to S3 as well",
      { groupName: group, streamName: "1", cloudWatchLogs: enabled, s3Logs: s3 },
      { type: "stream", group, stream: "1" },
    ],
    [
      "it goes to S3 alone",
      { cloudWatchLogs: disabled, s3Logs: s3, s3LogsArn: "arn:aws:s3:::logs-bucket/shop/1.gz" },
      { type: "elsewhere", where: "s3://logs-bucket/shop/1.gz" },
    ],
    [
      "it goes to S3 alone, which has no object yet",
      { cloudWatchLogs: disabled, s3Logs: { ...s3, location: "arn:aws:s3:::logs-bucket/shop" } },
      { type: "elsewhere", where: "s3://logs-bucket/shop" },
    ],
    [
      "it is switched off, whatever its ARN says",
      { cloudWatchLogs: disabled, s3Logs: disabled, groupName: "null", streamName: "null" },
      { type: "elsewhere", where: "nowhere" },
    ],
  ])("when %s", (_, logs, location) => {
    expect(read({ logs }).log).toEqual(location)
  })
})

describe("a phase", () => {
  const phase = (part: BuildPhase) => read({ phases: [part] }).phases[0]

  test("that runs has neither a status nor a length", () => {
    const expected = { type: "BUILD", status: null, seconds: null, messages: [] }
    expect(phase({ phaseType: "BUILD" })).toEqual(expected)
    expect(phase({ phaseType: "BUILD", phaseStatus: "IN_PROGRESS" })).toEqual(expected)
  })

  test("that failed has what was said of it, and no empty context", () => {
    const contexts = [
      { statusCode: "", message: "" },
      { statusCode: "COMMAND_EXECUTION_ERROR", message: "Error while executing command:\n npm test" },
      { statusCode: "YAML_FILE_ERROR" },
      { message: "without a code" },
    ]
    expect(phase({ phaseType: "BUILD", phaseStatus: "FAILED", durationInSeconds: 7, contexts })).toEqual({
      type: "BUILD",
      status: "FAILED",
      seconds: 7,
      messages: [
        "COMMAND_EXECUTION_ERROR: Error while executing command: npm test",
        "YAML_FILE_ERROR",
        "without a code",
      ],
    })
  })
})

test("the build that CodeBuild started in its place is known by its id", () => {
  const next = "shop:1b2c3d4e-0000-4000-8000-000000000002"
  expect(read({ autoRetryConfig: { nextAutoRetry: arnOf(next) } }).retriedAs).toBe(next)
  expect(read({ autoRetryConfig: { autoRetryLimit: 2, autoRetryNumber: 0 } }).retriedAs).toBeNull()
})

test.each([
  [{ autoRetryLimit: 2, autoRetryNumber: 0 }, 2],
  [{ autoRetryLimit: 2, autoRetryNumber: 2 }, 0],
  [{ autoRetryLimit: 1, autoRetryNumber: 2 }, 0],
  [{}, 0],
])("with %o it can be started again %i times", (autoRetryConfig, left) => {
  expect(read({ autoRetryConfig }).retriesLeft).toBe(left)
})

test("what it exported is known by name, and its commit once its source is there", () => {
  const exportedEnvironmentVariables = [
    { name: "ENVSEAL_IMAGE", value: "shop@sha256:0" },
    { name: "__proto__", value: "1" },
  ]
  const build = read({ exportedEnvironmentVariables, resolvedSourceVersion: "a".repeat(40) })
  expect(Object.entries(build.exported)).toEqual([
    ["ENVSEAL_IMAGE", "shop@sha256:0"],
    ["__proto__", "1"],
  ])
  expect(build.commit).toBe("a".repeat(40))
  expect(read({ resolvedSourceVersion: "" }).commit).toBeNull()
})

test("a build of a batch is told apart", () => {
  const buildBatchArn = "arn:aws:codebuild:eu-west-1:111122223333:build-batch/shop:1"
  expect(read({ buildBatchArn }).batch).toBe(true)
})

test.each([
  ["aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"],
  ["aws-us-gov", "us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"],
  ["aws-iso", "us-iso-east-1", null],
])("its page in the console of the partition %s", (partition, region, start) => {
  const { url } = read({ arn: arnOf(id, partition, region) })
  expect(url?.startsWith(start ?? "") ?? null).toBe(start === null ? null : true)
})

test("an answer without an id, or without any time, is no build", () => {
  expect(buildOfRecord({ ...running, id: undefined })).toBeNull()
  expect(buildOfRecord({ ...running, startTime: undefined })).toBeNull()
})

test("a build that was only submitted began with its first phase", () => {
  const startTime = new Date("2026-01-02T03:04:05Z")
  const build = read({ startTime: undefined, phases: [{ phaseType: "SUBMITTED", startTime }] })
  expect(build.startedAtMs).toBe(startTime.getTime())
})

test("whatever a message holds, it is one line without control characters, and not long", () => {
  const text = fc.string({ unit: "binary", maxLength: 3000 })
  fc.assert(
    fc.property(text, text, (statusCode, message) => {
      const build = read({ phases: [{ phaseType: "BUILD", contexts: [{ statusCode, message }] }] })
      const [said = ""] = build.phases[0]?.messages ?? []
      // A control character becomes a few visible ones.
      return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(said) && said.length < 10_500
    }),
  )
})

test("whatever is missing from an answer, it is read or refused, and never has an end without being complete", () => {
  const date = fc.date({ noInvalidDate: true })
  const answer = fc.record(
    {
      id: fc.string(),
      arn: fc.oneof(fc.string(), fc.constant(arnOf(id))),
      startTime: date,
      endTime: date,
      buildComplete: fc.boolean(),
      buildStatus: fc.constantFrom("SUCCEEDED", "FAILED", "STOPPED") satisfies fc.Arbitrary<string>,
      logs: fc.record({ groupName: fc.string(), streamName: fc.string() }, { requiredKeys: [] }),
      autoRetryConfig: fc.record({ nextAutoRetry: fc.string() }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(answer, (answered) => {
      const build = buildOfRecord(answered)
      if (build === null) return !answered.id || answered.startTime === undefined
      return (
        build.complete === (answered.buildComplete ?? false) && (build.complete || build.endedAtMs === null)
      )
    }),
  )
})

describe("what a build was told to reseal", () => {
  const digest = `sha256:${"a".repeat(64)}`
  const told = (value: string | undefined, name = "ENVSEAL_RESEAL_FROM") =>
    read({
      environment: {
        environmentVariables: [
          { name: "TIER", value: "web" },
          { name, value },
        ],
      } as never,
    })

  test("is the digest in its variables", () => {
    expect(told(digest).reseals).toBe(digest)
  })

  test.each([
    ["the variable is empty", told("")],
    ["the variable has no value", told(undefined)],
    ["it has other variables alone", told(digest, "ENVSEAL_BINARY")],
    ["it tells of no variables", read({ environment: {} as never })],
  ])("is nothing when %s", (_, build) => {
    expect(build.reseals).toBeNull()
  })
})
