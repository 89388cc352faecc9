import {
  BatchGetProjectsCommand,
  UpdateProjectCommand,
  type UpdateProjectInput,
} from "@aws-sdk/client-codebuild"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import type { Condition } from "./condition.ts"
import { deployWorld, shopProject } from "./deploy-world.ts"
import type { PolicyDocument } from "./policy.ts"
import { codeBuildAs, sdkFailure } from "./sdk.ts"
import { type Role, roleArn, type World, withRole } from "./world.ts"

const admin: Role = { name: "admin", policies: [allowing("codebuild:*"), passing()], mechanisms: ["static"] }
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, admin],
  projects: [
    shopProject(undefined, {
      serviceRole: roleArn("builder"),
      source: { type: "GITHUB", location: "https://github.com/example/shop.git", buildspec: "ci/build.yaml" },
      environment: {
        image: "aws/codebuild/standard:8.0",
        privilegedMode: true,
        variables: { STAGE: "production" },
        references: [{ name: "TOKEN", value: "shop/token", type: "SECRETS_MANAGER" }],
      },
    }),
  ],
}
const machine = {
  type: "ARM_CONTAINER",
  image: "aws/codebuild/amazonlinux-aarch64-standard:4.0",
  computeType: "BUILD_GENERAL1_LARGE",
} as const

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(() => aws.setWorld(world))
afterAll(() => aws.stop())

function allowing(action: string): PolicyDocument {
  return { Version: "2012-10-17", Statement: { Effect: "Allow", Action: action, Resource: "*" } }
}

function passing(service = "codebuild.amazonaws.com"): PolicyDocument {
  const Condition: Condition = { StringEquals: { "iam:PassedToService": service } }
  return {
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "iam:PassRole", Resource: "*", Condition },
  }
}

async function project() {
  const { projects = [] } = await codeBuildAs(aws, "admin").send(
    new BatchGetProjectsCommand({ names: ["shop"] }),
  )
  return projects[0]
}

function update(part: Partial<UpdateProjectInput>, role = "admin") {
  return codeBuildAs(aws, role).send(new UpdateProjectCommand({ name: "shop", ...part }))
}

test("a project is shown with its role, its machine and its source", async () => {
  expect(await project()).toMatchObject({
    serviceRole: roleArn("builder"),
    source: { type: "GITHUB", location: "https://github.com/example/shop.git", buildspec: "ci/build.yaml" },
    environment: {
      ...{ type: "LINUX_CONTAINER", image: "aws/codebuild/standard:8.0", privilegedMode: true },
      computeType: "BUILD_GENERAL1_SMALL",
      environmentVariables: [
        { name: "STAGE", value: "production", type: "PLAINTEXT" },
        { name: "TOKEN", value: "shop/token", type: "SECRETS_MANAGER" },
      ],
    },
  })
})

describe("UpdateProject", () => {
  test("replaces the whole environment, and leaves what it does not name", async () => {
    const answer = await update({ environment: machine })
    const shown = await project()
    expect(shown).toMatchObject({
      serviceRole: roleArn("builder"),
      source: { buildspec: "ci/build.yaml" },
      environment: { ...machine, privilegedMode: false, environmentVariables: [] },
    })
    expect(answer.project?.environment).toEqual(shown?.environment)
    const variable = { name: "A", value: "b" }
    await update({ environment: { ...machine, privilegedMode: true, environmentVariables: [variable] } })
    expect((await project())?.environment).toMatchObject({
      privilegedMode: true,
      environmentVariables: [{ ...variable, type: "PLAINTEXT" }],
    })
  })

  test.each([
    ["LINUX_EC2", "BUILD_GENERAL1_SMALL"],
    ["WINDOWS_SERVER_2022_CONTAINER", "BUILD_GENERAL1_MEDIUM"],
    ["ARM_LAMBDA_CONTAINER", "BUILD_LAMBDA_2GB"],
  ] as const)("takes a machine of the type %s", async (type, computeType) => {
    await update({ environment: { ...machine, type, computeType } })
    expect((await project())?.environment).toMatchObject({ type, computeType })
  })

  test.each([
    ["ARM_LAMBDA_CONTAINER", "BUILD_LAMBDA_2GB", true, "Privileged mode is not supported"],
    ["MAC_ARM", "BUILD_GENERAL1_MEDIUM", true, "Privileged mode is not supported"],
    ["LINUX_LAMBDA_CONTAINER", "BUILD_GENERAL1_SMALL", false, "is not supported for environment type"],
    ["LINUX_CONTAINER", "BUILD_LAMBDA_1GB", false, "is not supported for environment type"],
  ] as const)("refuses %s with %s, privileged: %s", async (type, computeType, privilegedMode, message) => {
    const failure = await sdkFailure(
      update({ environment: { ...machine, type, computeType, privilegedMode } }),
    )
    expect(failure).toMatchObject({
      name: "InvalidInputException",
      message: expect.stringContaining(message),
    })
  })

  test("replaces the whole source", async () => {
    await update({ source: { type: "S3", location: "bucket/shop.zip" }, sourceVersion: "v2" })
    expect(await project()).toMatchObject({ source: { type: "S3", location: "bucket/shop.zip" } })
    expect((await project())?.source).not.toHaveProperty("buildspec")
    expect((await project())?.sourceVersion).toBe("v2")
  })

  test("gives another role to who may pass it to CodeBuild", async () => {
    await update({ serviceRole: roleArn("app") })
    expect((await project())?.serviceRole).toBe(roleArn("app"))
    await aws.setWorld(
      withRole(world, "admin", { policies: [allowing("codebuild:*"), passing("eks.amazonaws.com")] }),
    )
    expect(await sdkFailure(update({ serviceRole: roleArn("builder") }))).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`iam:PassRole on resource: ${roleArn("builder")}`),
    })
    expect((await project())?.serviceRole).toBe(roleArn("app"))
  })

  test("refuses a role that is not there, and one that is none", async () => {
    for (const serviceRole of [roleArn("no-one"), "builder"]) {
      expect(await sdkFailure(update({ serviceRole }))).toMatchObject({ name: "InvalidInputException" })
    }
  })

  test.each([
    ["without an image", { environment: { ...machine, image: "" } }],
    [
      "with a size that is none",
      { environment: { ...machine, computeType: "TINY" as "BUILD_GENERAL1_SMALL" } },
    ],
    ["with a source without a location", { source: { type: "GITHUB" } }],
    ["with a source that is none", { source: { type: "FTP" as "S3", location: "x" } }],
  ] satisfies [string, Partial<UpdateProjectInput>][])("refuses a change %s", async (_, part) => {
    expect(await sdkFailure(update(part))).toMatchObject({ name: "InvalidInputException" })
  })

  test("refuses who has no permission, a project that is not there, and what the fake does not know", async () => {
    expect(await sdkFailure(update({}, "deployer"))).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("codebuild:UpdateProject"),
    })
    expect(await sdkFailure(update({ name: "other" }))).toMatchObject({ name: "ResourceNotFoundException" })
    expect(await sdkFailure(update({ timeoutInMinutes: 5 }))).toMatchObject({ name: "ValidationException" })
  })
})
