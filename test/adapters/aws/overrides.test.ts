import { CodeBuildClient, StartBuildCommand, type StartBuildInput } from "@aws-sdk/client-codebuild"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { FakeAws } from "../../fake/aws/client.ts"
import { credentialsOf, sdkFailure } from "../../fake/aws/sdk.ts"
import { startAws } from "./setting.ts"

// As the deployer, with the policy that `envseal policy deployer` prints.

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())

function start(input: Partial<StartBuildInput>) {
  const credentials = credentialsOf(aws, "deployer")
  const client = new CodeBuildClient({ endpoint: aws.url, region: "eu-west-1", credentials, maxAttempts: 1 })
  return client.send(new StartBuildCommand({ projectName: "shop", ...input }))
}

const buildspec = "version: 0.2\nphases: { build: { commands: [env] } }"

describe("the deployer's policy", () => {
  test.each<Partial<StartBuildInput>>([
    { buildspecOverride: buildspec },
    { sourceLocationOverride: "https://github.com/stranger/shop.git" },
    { sourceLocationOverride: "https://github.com/stranger/shop.git", sourceTypeOverride: "GITHUB" },
    { imageOverride: "stranger/image:1" },
    { serviceRoleOverride: "arn:aws:iam::111122223333:role/admin" },
    { privilegedModeOverride: true },
    { logsConfigOverride: { cloudWatchLogs: { status: "DISABLED" } } },
    { secondarySourcesOverride: [{ type: "GITHUB", location: "https://github.com/stranger/x.git" }] },
    { artifactsOverride: { type: "S3", location: "stranger" } },
    { sourceVersion: "main", buildspecOverride: buildspec },
  ])("denies a build with %j", async (input) => {
    const failure = await sdkFailure(start(input))
    expect(failure.name).toBe("AccessDeniedException")
    expect(failure.message).toContain("is not authorized to perform: codebuild:StartBuild")
    expect(await aws.builds()).toEqual([])
  })

  test("says of what runs code that it is denied in words", async () => {
    const { message } = await sdkFailure(start({ buildspecOverride: buildspec }))
    expect(message).toContain("with an explicit deny in an identity-based policy")
  })

  test("allows a build with a version and variables, which a deploy sets", async () => {
    const environmentVariablesOverride = [{ name: "APP_REGION", value: "eu-west-1" }]
    const { build } = await start({ sourceVersion: "main", environmentVariablesOverride })
    expect(build?.buildStatus).toBe("IN_PROGRESS")
  })
})
