import fc from "fast-check"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { AwsRegistry } from "../../../src/adapters/aws/registry.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import type { Image } from "../../fake/aws/repository.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, settingFor, startAws } from "./setting.ts"

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`
const images: readonly Image[] = [
  { digest: digestOf("a"), tags: ["latest", "v1"], pushedAt: "2026-01-02T03:04:05Z" },
  { digest: digestOf("b"), tags: [], pushedAt: "2026-01-02T03:04:06Z" },
  { digest: digestOf("c"), tags: ["old"], pushedAt: "2025-01-02T03:04:05Z", status: "ARCHIVED" },
]

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws({ repositories: [{ name: "shop", images }] })
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.clearFailures()
  await aws.clearRequests()
})

function registryFor(role = "deployer", region = "eu-west-1"): AwsRegistry {
  const { settings, credentials } = settingFor(aws, role, { region })
  return new AwsRegistry(settings, credentials)
}

test("an image is found by tag and by digest, with its digest, its tags and its time", async () => {
  const image = {
    digest: digestOf("a"),
    tags: ["latest", "v1"],
    pushedAtMs: Date.parse("2026-01-02T03:04:05Z"),
    status: "ACTIVE",
  }
  expect(await registryFor().find(shopRepository, "v1")).toEqual(image)
  expect(await registryFor().find(shopRepository, digestOf("a"))).toEqual(image)
  expect(await asked(aws)).toEqual(["ecr:DescribeImages", "ecr:DescribeImages"])
})

test("an image without tags is found by its digest", async () => {
  expect(await registryFor().find(shopRepository, digestOf("b"))).toMatchObject({ tags: [] })
})

test("an archived image is found, and called archived", async () => {
  expect(await registryFor().find(shopRepository, "old")).toMatchObject({
    digest: digestOf("c"),
    status: "ARCHIVED",
  })
})

test("all images that can be used are listed over all pages, the newest first", async () => {
  const minute = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString()
  const many = Array.from({ length: 1_100 }, (_, at) => ({
    ...{ digest: `sha256:${String(at).padStart(64, "0")}`, tags: [`t${at}`] },
    pushedAt: minute((at * 7) % 1_100),
  }))
  await aws.setWorld({ repositories: [{ name: "shop", images: [...many, ...images.slice(2)] }] })
  const found = await registryFor().newest(shopRepository)
  expect(await asked(aws)).toEqual(["ecr:DescribeImages", "ecr:DescribeImages"])
  expect(found).toHaveLength(1_100)
  expect(found.map(({ pushedAtMs }) => pushedAtMs)).toEqual(
    found.map(({ pushedAtMs }) => pushedAtMs).toSorted((one, other) => other - one),
  )
  await aws.setWorld({ repositories: [{ name: "shop", images }] })
})

test.each(["v2", digestOf("d")])("%s, which is not there, is null", async (reference) => {
  expect(await registryFor().find(shopRepository, reference)).toBeNull()
})

test("the Region is that of the repository, whatever is configured", async () => {
  expect(await registryFor("deployer", "us-east-1").find(shopRepository, "v1")).not.toBeNull()
  expect(await aws.requests()).toMatchObject([{ region: "eu-west-1" }])
})

test("a repository that is not there is told with its name", async () => {
  await aws.setWorld({ repositories: [] })
  const { code, message, hint } = await failureOf(() => registryFor().find(shopRepository, "v1"))
  await aws.setWorld({ repositories: [{ name: "shop", images }] })
  expect(code).toBe("IMAGE_UNUSABLE")
  expect(message).toContain(shopRepository)
  expect(hint).toContain("aws ecr describe-repositories")
})

test.each([
  "docker.io/library/nginx",
  "ghcr.io/example/shop",
  "public.ecr.aws/example/shop",
  "shop",
  "",
  "1111.dkr.ecr.eu-west-1.amazonaws.com/shop",
  "111122223333.dkr.ecr.eu-west-1.amazonaws.com/",
  "111122223333.dkr.ecr.eu-west-1.amazonaws.com.example.com/shop",
  "https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop",
  "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop:v1",
])('"%s" is refused as a repository, without a request', async (repository) => {
  const { code, hint } = await failureOf(() => registryFor().find(repository, "v1"))
  expect(code).toBe("IMAGE_UNUSABLE")
  expect(hint).toContain("dkr.ecr.REGION.amazonaws.com")
  expect(await asked(aws)).toEqual([])
})

test("a repository with nested names is looked for by all of its name", async () => {
  const nested = shopRepository.replace("/shop", "/team/shop_api.v2")
  expect((await failureOf(() => registryFor().find(nested, "v1"))).message).toContain("team/shop_api.v2")
})

test("no text that is no repository becomes a request", async () => {
  const registry = registryFor()
  await fc.assert(
    fc.asyncProperty(fc.string(), async (text) => {
      expect((await failureOf(() => registry.find(text, "v1"))).code).toBe("IMAGE_UNUSABLE")
    }),
  )
  expect(await asked(aws)).toEqual([])
})

test("a denial is told once, with the permission that is missing", async () => {
  const { code, hint } = await failureOf(() => registryFor("nobody").find(shopRepository, "v1"))
  expect(code).toBe("ACCESS_DENIED")
  expect(hint).toContain('"Action":"ecr:DescribeImages"')
  expect(hint).toContain(":repository/shop")
  expect(await asked(aws)).toHaveLength(1)
})

test("what passes is repeated", async () => {
  await aws.fail({ service: "ecr", times: 2, with: "throttle" })
  expect(await registryFor().find(shopRepository, "v1")).not.toBeNull()
  expect(await asked(aws)).toHaveLength(3)
})
