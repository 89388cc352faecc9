import {
  BatchGetBuildsCommand,
  type Build,
  StartBuildCommand,
  type StartBuildInput,
} from "@aws-sdk/client-codebuild"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopProject, successPlay } from "./deploy-world.ts"
import type { Project } from "./project.ts"
import { codeBuildAs, sdkFailure } from "./sdk.ts"
import { roleArn } from "./world.ts"

const commit = "c".repeat(40)

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({ ...deployWorld, buildClock: { stepSeconds: 200 } })
})
afterAll(() => aws.stop())

const having = (part: Partial<Project>) => aws.setWorld({ projects: [shopProject([successPlay()], part)] })

async function built(input: Partial<StartBuildInput> = {}): Promise<Build> {
  const client = codeBuildAs(aws, "deployer")
  const { build } = await client.send(new StartBuildCommand({ projectName: "shop", ...input }))
  const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids: [build?.id ?? ""] }))
  return builds[0] ?? {}
}

function faultOf({ phases = [] }: Build) {
  const failed = phases.find(({ phaseStatus = "SUCCEEDED" }) => phaseStatus !== "SUCCEEDED")
  return failed === undefined ? null : [failed.phaseType, failed.contexts?.[0]?.message]
}

describe("StartBuild", () => {
  test.each<readonly [Project["source"], string, string]>([
    [{ type: "NO_SOURCE" }, commit, "Source version should be empty for NO_SOURCE source type"],
    [
      { type: "S3", location: "b/app/" },
      commit,
      "Source version should be empty for S3 folder source location",
    ],
    [{ type: "S3", location: "b/app.zip" }, commit, `Invalid version id specified: ${commit}`],
    [
      { type: "CODEPIPELINE" },
      "",
      "Invalid input: a project with source type CODEPIPELINE is started by its pipeline alone",
    ],
  ])("refuses for the source %j the version %j", async (source, sourceVersion, message) => {
    await having({ source })
    const failure = await sdkFailure(built({ sourceVersion }))
    expect(failure).toMatchObject({ name: "InvalidInputException", message })
  })

  test.each<readonly [Project["source"], string | undefined]>([
    [{ type: "NO_SOURCE" }, undefined],
    [{ type: "S3", location: "b/app.zip" }, "3sL4kqtJlcpXroDTDmJ"],
    [{ type: "GITHUB", location: "https://github.com/example/shop.git" }, commit],
  ])("takes for the source %j the version %j", async (source, sourceVersion) => {
    await having({ source })
    expect(await built({ sourceVersion })).toMatchObject({ buildStatus: "SUCCEEDED" })
  })
})

describe("a build comes no further than its source", () => {
  test("when that has no such commit", async () => {
    await having({ tree: { versions: ["main", commit] } })
    expect(faultOf(await built({ sourceVersion: commit }))).toBeNull()
    const build = await built({ sourceVersion: "d".repeat(40) })
    expect(build).toMatchObject({ buildStatus: "FAILED", exportedEnvironmentVariables: [] })
    expect(faultOf(build)).toEqual([
      "DOWNLOAD_SOURCE",
      `reference not found for primary source and source version ${"d".repeat(40)}`,
    ])
  })

  test.each<readonly [string | undefined, readonly string[], boolean]>([
    [undefined, ["buildspec.yml"], true],
    [undefined, ["buildspec.yaml"], false],
    ["ci/build.yaml", ["ci/build.yaml"], true],
    ["ci/build.yaml", ["buildspec.yml"], false],
    ["version: 0.2\nphases: {}\n", [], true],
  ])("when the buildspec %j is not among %j", async (buildspec, files, found) => {
    const source = { type: "GITHUB", location: "https://github.com/example/shop.git" } as const
    await having({ source: { ...source, ...(buildspec && { buildspec }) }, tree: { files } })
    const path = buildspec ?? "buildspec.yml"
    expect(faultOf(await built())).toEqual(
      found
        ? null
        : ["DOWNLOAD_SOURCE", `stat /codebuild/output/src123/src/${path}: no such file or directory`],
    )
  })

  test.each<readonly [string, string | null]>([
    ["shop/production", null],
    ["shop/production:DB_PASSWORD", null],
    ["shop/production:NONE", "key NONE does not exist in the secret"],
    ["shop/none", "Secrets Manager can't find the specified secret."],
    ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production-AbCdEf:APP_KEY::", null],
  ])("when a variable names the secret %s", async (value, fault) => {
    await having({
      serviceRole: roleArn("builder"),
      environment: { references: [{ name: "SECRET", value, type: "SECRETS_MANAGER" }] },
    })
    expect(faultOf(await built())).toEqual(
      fault === null ? null : ["DOWNLOAD_SOURCE", `Secrets Manager Error Message: ${fault}`],
    )
  })

  test("when its role may not read the secret that a variable of the request names", async () => {
    await having({ serviceRole: roleArn("nobody") })
    const variable = { name: "SECRET", value: "shop/production", type: "SECRETS_MANAGER" } as const
    const [phase, message] = faultOf(await built({ environmentVariablesOverride: [variable] })) ?? []
    expect(phase).toBe("DOWNLOAD_SOURCE")
    expect(message).toContain("is not authorized to perform: secretsmanager:GetSecretValue")
  })
})
