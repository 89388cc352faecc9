import { StartBuildCommand, StopBuildCommand } from "@aws-sdk/client-codebuild"
import { DescribeImagesCommand, type DescribeImagesRequest } from "@aws-sdk/client-ecr"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { builtDigest, deployWorld, failurePlay, shopProject, successPlay } from "./deploy-world.ts"
import type { Image } from "./repository.ts"
import { codeBuildAs, ecrAs, sdkFailure } from "./sdk.ts"
import { sendSigned } from "./signed.ts"
import { roleArn } from "./world.ts"

const oldDigest = `sha256:${"a".repeat(64)}`
const old: Image = { digest: oldDigest, tags: ["latest", "v1"], pushedAt: "2026-01-02T03:04:05.678Z" }

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({ ...deployWorld, buildClock: { stepSeconds: 0 } })
})
beforeEach(async () => {
  await stock([old])
  await aws.clearRequests()
})
afterAll(() => aws.stop())

// A repository of its own for each test: what builds have pushed stays there.
let repositories = 0
const name = () => `shop/r${repositories}`
const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const
const all = { name: "all", mechanisms: ["static"], policies: [everything] } as const
const foreign = { ...all, name: "foreign", account: "444455556666" }

async function stock(images: readonly Image[]): Promise<void> {
  repositories += 1
  await aws.setWorld({
    roles: [...deployWorld.roles, all, foreign],
    repositories: [{ name: name(), images }],
  })
}

async function describeImages(request: Partial<DescribeImagesRequest> = {}, as = "all") {
  const command = new DescribeImagesCommand({ repositoryName: name(), ...request })
  return (await ecrAs(aws, as).send(command)).imageDetails ?? []
}

async function build(play = successPlay()): Promise<string> {
  const image = play.image === undefined ? {} : { image: { ...play.image, repository: name() } }
  await aws.setWorld({ projects: [shopProject([{ ...play, ...image }])] })
  const { build } = await codeBuildAs(aws, "all").send(new StartBuildCommand({ projectName: "shop" }))
  return build?.id ?? ""
}

describe("an image", () => {
  test("is found by tag, by digest, or by both, with its time and status", async () => {
    const detail = {
      registryId: "111122223333",
      repositoryName: name(),
      imageDigest: oldDigest,
      imageTags: ["latest", "v1"],
      imagePushedAt: new Date("2026-01-02T03:04:05.678Z"),
      imageStatus: "ACTIVE",
    }
    for (const id of [
      { imageTag: "v1" },
      { imageDigest: oldDigest },
      { imageTag: "v1", imageDigest: oldDigest },
    ]) {
      expect(await describeImages({ imageIds: [id] })).toMatchObject([detail])
    }
    expect(await describeImages({ registryId: "111122223333" })).toMatchObject([detail])
  })

  test.each(["ARCHIVED", "ACTIVATING"] as const)(
    "that is %s is found by who asks for any status",
    async (status) => {
      await stock([{ ...old, status, tags: [] }])
      const [found] = await describeImages({ filter: { imageStatus: "ANY" } })
      expect([found?.imageStatus, found?.imageTags]).toEqual([status, undefined])
      expect(await describeImages({ filter: { imageStatus: status } })).toHaveLength(1)
      expect(await describeImages()).toEqual([])
      const byDigest = describeImages({ imageIds: [{ imageDigest: oldDigest }] })
      expect((await sdkFailure(byDigest)).name).toBe("ImageNotFoundException")
    },
  )

  test("that is not there is an error that names it as AWS does", async () => {
    expect(await sdkFailure(describeImages({ imageIds: [{ imageTag: "v2" }] }))).toEqual({
      name: "ImageNotFoundException",
      message: `The image with imageId {imageDigest:'null', imageTag:'v2'} does not exist within the repository with name '${name()}' in the registry with id '111122223333'`,
      status: 400,
    })
    const both = { imageTag: "v1", imageDigest: builtDigest }
    expect((await sdkFailure(describeImages({ imageIds: [both] }))).name).toBe("ImageNotFoundException")
  })
})

describe("a build", () => {
  test("pushes its image when POST_BUILD has ended, and takes the tag from the image before", async () => {
    await build()
    await aws.advance(89)
    expect((await describeImages({ imageIds: [{ imageTag: "latest" }] }))[0]?.imageDigest).toBe(oldDigest)
    const now = await aws.advance(1)
    const [image] = await describeImages({ imageIds: [{ imageTag: "latest" }] })
    expect(image).toMatchObject({
      imageDigest: builtDigest,
      imageTags: ["latest"],
      imagePushedAt: new Date(now),
    })
    expect((await describeImages({ imageIds: [{ imageDigest: oldDigest }] }))[0]?.imageTags).toEqual(["v1"])
  })

  test("that pushes what is there already leaves it as old as it is", async () => {
    await build(successPlay(oldDigest, ["v2"]))
    await aws.advance(100)
    const [image] = await describeImages({ imageIds: [{ imageTag: "v2" }] })
    expect(image).toMatchObject({ imageTags: ["latest", "v1", "v2"], imagePushedAt: new Date(old.pushedAt) })
  })

  test.each([
    ["fails before that", { ...successPlay(), failure: failurePlay("BUILD").failure ?? { phase: "BUILD" } }],
    ["pushes nothing", {}],
  ] as const)("that %s changes nothing", async (_, play) => {
    await build(play)
    await aws.advance(200)
    expect((await describeImages({ imageIds: [{ imageTag: "latest" }] }))[0]?.imageDigest).toBe(oldDigest)
  })

  test("that is stopped before that changes nothing", async () => {
    const id = await build()
    await aws.advance(85)
    await codeBuildAs(aws, "all").send(new StopBuildCommand({ id }))
    await aws.advance(200)
    expect(await describeImages()).toHaveLength(1)
  })
})

describe("ECR refuses", () => {
  test("a repository that is not there, in another account or Region too", async () => {
    expect(await sdkFailure(describeImages({ repositoryName: "web" }))).toEqual({
      name: "RepositoryNotFoundException",
      message: "The repository with name 'web' does not exist in the registry with id '111122223333'",
      status: 400,
    })
    const elsewhere = ecrAs(aws, "all", { region: "us-east-1" }).send(
      new DescribeImagesCommand({ repositoryName: name() }),
    )
    expect((await sdkFailure(elsewhere)).name).toBe("RepositoryNotFoundException")
    expect((await sdkFailure(describeImages({}, roleArn("foreign", "444455556666")))).message).toContain(
      "444455556666",
    )
  })

  test("who has no permission for that repository, by its ARN", async () => {
    expect(await sdkFailure(describeImages({}, "deployer"))).toMatchObject({
      name: "AccessDeniedException",
      status: 400,
      message: expect.stringContaining(
        `ecr:DescribeImages on resource: arn:aws:ecr:eu-west-1:111122223333:repository/${name()} because`,
      ),
    })
  })

  test("another account, unless the repository's own policy allows it", async () => {
    const as = roleArn("foreign", "444455556666")
    const registryId = "111122223333"
    expect((await sdkFailure(describeImages({ registryId }, as))).message).toContain("resource-based policy")
    const statement = {
      Effect: "Allow",
      Principal: "*",
      Action: "ecr:DescribeImages",
      Resource: "*",
    } as const
    const policy = { Version: "2012-10-17", Statement: statement } as const
    await aws.setWorld({ repositories: [{ name: name(), images: [old], policy }] })
    expect(await describeImages({ registryId }, as)).toHaveLength(1)
  })

  test.each<[string, Partial<DescribeImagesRequest>, string]>([
    ["a registry that is none", { registryId: "shop" }, "InvalidParameterException"],
    ["a repository that cannot be", { repositoryName: "Shop" }, "InvalidParameterException"],
    ["an empty image id", { imageIds: [{}] }, "InvalidParameterException"],
    ["a page of nothing", { maxResults: 0 }, "InvalidParameterException"],
    ["a page of what is named", { maxResults: 1, imageIds: [{ imageTag: "a" }] }, "ImageNotFoundException"],
    ["a digest that is none", { imageIds: [{ imageDigest: "abc" }] }, "InvalidParameterException"],
    ["a filter by tag", { filter: { tagStatus: "TAGGED" } }, "InvalidParameterException"],
  ])("%s", async (_, request, code) => {
    expect((await sdkFailure(describeImages(request))).name).toBe(code)
  })

  test("a member that it does not have", async () => {
    const target = "AmazonEC2ContainerRegistry_V20150921.DescribeImages"
    const body = JSON.stringify({ repositoryName: name(), imageIds: [{ tag: "v1" }] })
    expect((await sendSigned(aws, "all", { service: "ecr", target, body })).body).toContain(
      "SerializationException",
    )
  })
})

describe("an index", () => {
  test("is found by its tag, beside the images and attestations that it names", async () => {
    const index = { platforms: ["linux/amd64", "linux/arm64"], attested: true }
    await stock([{ ...old, index }])
    const client = ecrAs(aws, "all")
    const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName: name() }))
    expect(imageDetails.map(({ imageTags = [] }) => imageTags.length)).toEqual([2, 0, 0, 0, 0])
    const wanted = { repositoryName: name(), imageIds: [{ imageTag: "v1" }] }
    const { imageDetails: [found] = [] } = await client.send(new DescribeImagesCommand(wanted))
    expect(found).toMatchObject({
      imageDigest: oldDigest,
      imageManifestMediaType: "application/vnd.oci.image.index.v1+json",
    })
    expect(found).not.toHaveProperty("artifactMediaType")
  })
})
