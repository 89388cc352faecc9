import {
  BatchGetProjectsCommand,
  CreateProjectCommand,
  UpdateProjectCommand,
} from "@aws-sdk/client-codebuild"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld, shopProject } from "./deploy-world.ts"
import type { PolicyDocument } from "./policy.ts"
import { codeBuildAs, sdkFailure } from "./sdk.ts"
import { roleArn, type World } from "./world.ts"

const everything: PolicyDocument = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
}
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, { name: "admin", policies: [everything], mechanisms: ["static"] }],
  projects: [shopProject(undefined, { buildBatchConfig: { serviceRole: roleArn("builder") } })],
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(() => aws.setWorld(world))
afterAll(() => aws.stop())

function create(name: string, role = "admin", serviceRole = roleArn("builder")) {
  return codeBuildAs(aws, role).send(
    new CreateProjectCommand({
      name,
      source: { type: "GITHUB", location: "https://github.com/example/blog.git" },
      artifacts: { type: "NO_ARTIFACTS" },
      environment: {
        type: "LINUX_CONTAINER",
        image: "aws/codebuild/standard:8.0",
        computeType: "BUILD_GENERAL1_SMALL",
        privilegedMode: true,
      },
      serviceRole,
    }),
  )
}

async function project(name: string) {
  const { projects = [] } = await codeBuildAs(aws, "admin").send(
    new BatchGetProjectsCommand({ names: [name] }),
  )
  return projects[0]
}

test("a project is created as it was asked for", async () => {
  await create("blog")
  expect(await project("blog")).toMatchObject({
    source: { type: "GITHUB", location: "https://github.com/example/blog.git" },
    environment: { image: "aws/codebuild/standard:8.0", privilegedMode: true },
    serviceRole: roleArn("builder"),
  })
})

test("a project is not created twice, for a role that is not there, or by who may not", async () => {
  expect((await sdkFailure(create("shop"))).name).toBe("ResourceAlreadyExistsException")
  expect((await sdkFailure(create("blog", "admin", roleArn("gone")))).name).toBe("InvalidInputException")
  expect((await sdkFailure(create("blog", "deployer"))).name).toBe("AccessDeniedException")
  expect(await project("blog")).toBeUndefined()
})

test("a project builds no batches any more once their configuration is empty", async () => {
  const update = new UpdateProjectCommand({ name: "shop", buildBatchConfig: {} })
  await codeBuildAs(aws, "admin").send(update)
  expect((await project("shop"))?.buildBatchConfig).toBeUndefined()
})
