import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  PutImageTagMutabilityCommand,
} from "@aws-sdk/client-ecr"
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld } from "./deploy-world.ts"
import { ecrAs, sdkFailure } from "./sdk.ts"
import type { Role, World } from "./world.ts"

const admin: Role = {
  name: "admin",
  policies: [{ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "ecr:*", Resource: "*" } }],
  mechanisms: ["static"],
}
const world: World = {
  ...deployWorld,
  roles: [...deployWorld.roles, admin],
  repositories: [
    { name: "shop", images: [] },
    { name: "fixed", imageTagMutability: "IMMUTABLE", images: [] },
    { name: "theirs", account: "444455556666", images: [] },
  ],
}

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws(world)
})
afterEach(() => aws.setWorld(world))
afterAll(() => aws.stop())

async function mutabilities(names?: string[]) {
  const command = new DescribeRepositoriesCommand(names === undefined ? {} : { repositoryNames: names })
  const { repositories = [] } = await ecrAs(aws, "admin").send(command)
  return repositories.map((one) => [one.repositoryName, one.imageTagMutability])
}

describe("a repository", () => {
  test("is described with its address and whether its tags may move", async () => {
    const command = new DescribeRepositoriesCommand({ repositoryNames: ["shop"] })
    const { repositories } = await ecrAs(aws, "admin").send(command)
    expect(repositories).toMatchObject([
      {
        repositoryArn: "arn:aws:ecr:eu-west-1:111122223333:repository/shop",
        registryId: "111122223333",
        repositoryUri: "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
        imageTagMutability: "MUTABLE",
      },
    ])
  })

  test("is described with all others of the account when none is named", async () => {
    expect(await mutabilities()).toEqual([
      ["shop", "MUTABLE"],
      ["fixed", "IMMUTABLE"],
    ])
  })

  test("gets tags that may move, and tags that may not", async () => {
    const put = (imageTagMutability: "MUTABLE" | "IMMUTABLE") =>
      ecrAs(aws, "admin").send(
        new PutImageTagMutabilityCommand({ repositoryName: "fixed", imageTagMutability }),
      )
    expect(await put("MUTABLE")).toMatchObject({ repositoryName: "fixed", imageTagMutability: "MUTABLE" })
    expect(await mutabilities(["fixed"])).toEqual([["fixed", "MUTABLE"]])
    await put("IMMUTABLE")
    expect(await mutabilities(["fixed", "shop"])).toEqual([
      ["fixed", "IMMUTABLE"],
      ["shop", "MUTABLE"],
    ])
    expect(await sdkFailure(put("OTHER" as "MUTABLE"))).toMatchObject({ name: "InvalidParameterException" })
  })

  test("is made once", async () => {
    const create = () =>
      ecrAs(aws, "admin").send(
        new CreateRepositoryCommand({ repositoryName: "new/shop", imageTagMutability: "IMMUTABLE" }),
      )
    expect((await create()).repository).toMatchObject({ repositoryName: "new/shop" })
    expect(await mutabilities(["new/shop"])).toEqual([["new/shop", "IMMUTABLE"]])
    expect(await sdkFailure(create())).toMatchObject({ name: "RepositoryAlreadyExistsException" })
  })

  test("that is not there is told to who may ask", async () => {
    const describeAs = (role: string) =>
      sdkFailure(ecrAs(aws, role).send(new DescribeRepositoriesCommand({ repositoryNames: ["other"] })))
    expect(await describeAs("admin")).toMatchObject({ name: "RepositoryNotFoundException" })
    expect(await describeAs("deployer")).toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("ecr:DescribeRepositories"),
    })
  })

  test("is not made or changed by who has no permission, or by a name that is none", async () => {
    const create = (role: string, repositoryName: string) =>
      sdkFailure(ecrAs(aws, role).send(new CreateRepositoryCommand({ repositoryName })))
    const input = { repositoryName: "shop", imageTagMutability: "IMMUTABLE" } as const
    expect(await create("deployer", "other")).toMatchObject({ name: "AccessDeniedException" })
    expect(
      await sdkFailure(ecrAs(aws, "deployer").send(new PutImageTagMutabilityCommand(input))),
    ).toMatchObject({ name: "AccessDeniedException" })
    expect(await create("admin", "Shop")).toMatchObject({ name: "InvalidParameterException" })
    expect(await mutabilities(["shop"])).toEqual([["shop", "MUTABLE"]])
  })
})
