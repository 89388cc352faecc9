import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { digest, pushImage, pushIndex } from "../../fake/aws/pushed-image.ts"
import { context } from "../aws/production.ts"
import { recipient } from "../harness.ts"
import {
  appImage,
  commit,
  inventory,
  newDotenv,
  opened,
  pulled,
  reseal,
  resealArgs,
  restock,
  type Stage,
  sealedMembers,
  shop,
  startStage,
} from "./stage.ts"

let stage: Stage
beforeAll(async () => {
  stage = await startStage()
})
afterAll(() => stage.aws.stop())

/** A layer as large as an app's, which must not be moved. */
const large = {
  members: [{ path: "app/vendor", content: Buffer.alloc(3_000_000, "vendor ") }],
  packing: "tar",
} as const

describe.each(["oci", "docker"] as const)("an image of %s", (family) => {
  test("is resealed: the same layers but one, and a pod reads the new value", async () => {
    const image = appImage(stage.old, { family, tags: ["build-1"] })
    const push = pushImage({ ...image, layers: [large, ...image.layers] })
    await restock(stage, [push])
    const run = await reseal(stage, push.digest, ["--json"])
    expect(run).toMatchObject({ status: 0 })
    const report = JSON.parse(run.stdout)
    const [before, after] = [await pulled(stage, push.digest), await pulled(stage, "build-2")]
    expect(report).toMatchObject({
      image: `${shop}@${after?.digest}`,
      tag: "build-2",
      resealedFrom: push.digest,
      existed: false,
      commit,
      platforms: [{ platform: null, how: "replace" }],
      provenance: { names: 2 },
    })
    expect(after?.layers.slice(0, -1)).toEqual(before?.layers.slice(0, -1))
    expect(after?.layers.at(-1)).not.toBe(before?.layers.at(-1))
    expect(after?.config.rootfs.diff_ids.slice(0, -1)).toEqual(before?.config.rootfs.diff_ids.slice(0, -1))
    const { Labels, ...rest } = before?.config.config ?? {}
    expect(after?.config.config).toEqual({
      ...rest,
      Labels: { ...Labels, "dev.envseal.resealed-from": push.digest },
    })
    expect(after?.sealed).toMatchObject({
      ...{ path: "app/.env.sealed", mode: 0o440, uid: 33, gid: 33 },
      folders: [{ path: "app", mode: 0o755, uid: 0, gid: 0 }],
    })
    expect(await opened(stage, after?.sealed?.content ?? Buffer.alloc(0))).toBe(newDotenv)
  })

  test("moves kilobytes, and no layer but the one that holds the sealed file", async () => {
    const image = appImage(stage.old, { family })
    const push = pushImage({ ...image, layers: [large, ...image.layers] })
    await restock(stage, [push])
    expect(await reseal(stage, push.digest)).toMatchObject({ status: 0 })
    const requests = (await stage.aws.requests()).filter(({ service }) => service !== "agent")
    const bytes = requests.reduce((sum, one) => sum + (one.bytes ?? 0), 0)
    expect(bytes).toBeLessThan(20_000)
    const url = ["GetDownloadUrlForLayer", "GetObject"]
    const upload = ["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload"]
    expect(requests.map(({ operation }) => operation)).toEqual([
      ...["BatchGetImage", ...url, "BatchGetImage", "GetSecretValue", ...url, "Encrypt"],
      ...["BatchGetImage", ...upload, ...upload, "PutImage"],
    ])
  })
})

test("standard output has the new image alone, and standard error what was done", async () => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  const run = await reseal(stage, push.digest)
  expect(run.stdout).toBe(`${shop}@${(await pulled(stage, "build-2"))?.digest}\n`)
  expect(run.stderr).toContain("sealed 2 names into build-2, in the place of the layer before")
  expect(run.stderr).toContain(commit)
})

test("a resealed image is resealed again, each from the one before", async () => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  await reseal(stage, push.digest)
  const first = await pulled(stage, "build-2")
  expect(await reseal(stage, first?.digest ?? "", ["--tag", "build-3"])).toMatchObject({ status: 0 })
  const second = await pulled(stage, "build-3")
  expect(second?.config.config.Labels["dev.envseal.resealed-from"]).toBe(first?.digest)
  expect(second?.layers.length).toBe(first?.layers.length)
  expect(second?.layers.slice(0, -1)).toEqual(first?.layers.slice(0, -1))
})

describe("a sealed file whose layer cannot be replaced", () => {
  const middle = () => {
    const [code, sealed] = appImage(stage.old).layers
    return code === undefined || sealed === undefined ? [] : [code, sealed, code]
  }
  const squashed = () => [
    { members: [{ path: "app/index.php", content: "<?php" }, ...sealedMembers(stage.old)] },
  ]
  const zstd = () => appImage(stage.old).layers.map((layer) => ({ ...layer, packing: "zstd" as const }))

  test.each([
    { what: "in the middle", layers: middle, how: "cover" },
    { what: "in the only layer of a squashed image", layers: squashed, how: "cover" },
    { what: "in a layer of zstd", layers: zstd, how: "replace" },
  ])("$what is exchanged all the same ($how)", async ({ layers, how }) => {
    const push = pushImage(appImage(stage.old, { layers: layers() }))
    await restock(stage, [push])
    const run = await reseal(stage, push.digest, ["--json"])
    expect(JSON.parse(run.stdout).platforms).toEqual([{ platform: null, how }])
    const [before, after] = [await pulled(stage, push.digest), await pulled(stage, "build-2")]
    const kept = how === "cover" ? before?.layers : before?.layers.slice(0, -1)
    expect(after?.layers.slice(0, -1)).toEqual(kept)
    expect(after?.sealed).toMatchObject({ mode: 0o440, uid: 33, gid: 33, path: "app/.env.sealed" })
    expect(await opened(stage, after?.sealed?.content ?? Buffer.alloc(0))).toBe(newDotenv)
  })
})

describe("an index of several platforms", () => {
  const platforms = () =>
    ["amd64", "arm64"].map((architecture) => pushImage(appImage(stage.old, { architecture })))

  test.each(["oci", "docker"] as const)("of %s gets the same sealed file in each", async (family) => {
    const push = pushIndex(platforms(), { family, attested: true })
    await restock(stage, [push])
    const run = await reseal(stage, push.digest, ["--json"])
    expect(JSON.parse(run.stdout)).toMatchObject({
      platforms: [
        { platform: "linux/amd64", how: "replace" },
        { platform: "linux/arm64", how: "replace" },
      ],
    })
    const index = await pulled(stage, "build-2")
    const digests: string[] = index?.manifest.manifests.map((one: { digest: string }) => one.digest)
    expect(digests).toHaveLength(2)
    const images = await Promise.all(digests.map((one) => pulled(stage, one)))
    expect(images.map((one) => one?.config.architecture)).toEqual(["amd64", "arm64"])
    expect(new Set(images.map((one) => one?.layers.at(-1))).size).toBe(1)
    expect(images[0]?.config.config.Labels["dev.envseal.resealed-from"]).toBe(push.digest)
    expect(run.stderr).toContain("2 attestations of the image that runs are left out")
  })
})

test("a signature of the image that runs is told to be lost", async () => {
  const push = pushImage(appImage(stage.old))
  const signature = pushImage({
    tags: [`${push.digest.replace(":", "-")}.sig`],
    layers: [{ members: [], packing: "tar", mediaType: "application/vnd.dev.cosign.simplesigning.v1+json" }],
  })
  await restock(stage, [push, signature])
  const run = await reseal(stage, push.digest)
  expect(run).toMatchObject({ status: 0 })
  expect(run.stderr).toContain("is signed")
})

describe("a tag that exists", () => {
  test("is used when a reseal of the same image with the same secret has it", async () => {
    const push = pushIndex([pushImage(appImage(stage.old))])
    await restock(stage, [push], { imageTagMutability: "IMMUTABLE" })
    const [first, second] = [
      await reseal(stage, push.digest, ["--json"]),
      await reseal(stage, push.digest, ["--json"]),
    ]
    expect(second).toMatchObject({ status: 0 })
    const { existed, ...same } = JSON.parse(second.stdout)
    expect(existed).toBe(true)
    expect({ ...JSON.parse(first.stdout), existed }).toEqual({ ...same, existed })
    expect((await stage.aws.requests()).filter(({ operation }) => operation === "PutImage")).toHaveLength(2)
  })

  test.each(["MUTABLE", "IMMUTABLE"] as const)(
    "and is on another image is never moved where tags are %s",
    async (imageTagMutability) => {
      const push = pushImage(appImage(stage.old, { tags: ["build-2"] }))
      await restock(stage, [push], { imageTagMutability })
      const before = await inventory(stage)
      const run = await reseal(stage, push.digest)
      expect(run).toMatchObject({ status: 4, stdout: "" })
      expect(run.stderr).toContain("[TARGET_EXISTS]")
      expect(await inventory(stage)).toEqual(before)
    },
  )

  test("is refused when the secret has changed since", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    await reseal(stage, push.digest)
    const before = await inventory(stage)
    const world = await stage.aws.world()
    const [secret] = world.secrets
    const versions = [
      { ...secret?.versions[0], id: "00000000-0000-4000-8000-000000000004", stages: ["AWSCURRENT"] },
    ]
    await stage.aws.setWorld({
      secrets: world.secrets.map((one) => ({ ...one, versions })) as typeof world.secrets,
    })
    expect((await reseal(stage, push.digest)).stderr).toContain("[TARGET_EXISTS]")
    expect(await inventory(stage)).toEqual(before)
  })

  test("is refused with --set-env: nothing tells which value is sealed", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    const run = (BUILD: string) =>
      stage.box.envseal([...resealArgs(push.digest), "--set-env", "BUILD"], {
        env: { ...stage.as("build"), BUILD },
      })
    expect(await run("42")).toMatchObject({ status: 0 })
    const before = await inventory(stage)
    const again = await run("43")
    expect(again).toMatchObject({ status: 4, stdout: "" })
    expect(again.stderr).toContain("[TARGET_EXISTS]")
    expect(await inventory(stage)).toEqual(before)
  })

  test("is used for the same recipients in another order, and for no others", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    const run = (...recipients: readonly string[]) => {
      const pairs = recipients.flatMap((one) => ["--recipient", one])
      const args = ["reseal", "--from", "aws-sm:shop/production", ...pairs, "--tag", "build-2", "--json"]
      const image = ["--context", context, "--image", `${shop}@${push.digest}`]
      return stage.box.envseal([...args, ...image], { env: stage.as("build") })
    }
    const kms = "aws-kms:alias/envseal-production"
    expect(await run(kms, recipient)).toMatchObject({ status: 0 })
    expect(JSON.parse((await run(recipient, kms)).stdout)).toMatchObject({ existed: true })
    expect(await run(kms)).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('"code":"TARGET_EXISTS"'),
    })
  })

  test("is used again after the answer to putting it was lost", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push], { imageTagMutability: "IMMUTABLE" })
    await stage.aws.fail({ service: "ecr", operation: "PutImage", with: "lost", times: 1 })
    expect(await reseal(stage, push.digest)).toMatchObject({ status: 0 })
  })
})

describe("in a build", () => {
  const file = `version: 1
app: shop
environments:
  production:
    account: "111122223333"
    region: eu-west-1
    secret: shop/production
    recipients: [aws-kms:alias/envseal-production]
    image: { repository: ${shop} }
`

  test("the image, the tag and all of sealing come from settings and variables", async () => {
    const push = pushImage(appImage(stage.old))
    await restock(stage, [push])
    const { writeFileSync } = await import("node:fs")
    writeFileSync(stage.box.path("envseal.yaml"), file)
    const env = {
      ...stage.as("build"),
      ENVSEAL_ENVIRONMENT: "production",
      ENVSEAL_RESEAL_FROM: push.digest,
      CODEBUILD_BUILD_ID: "shop:0b1c",
      CODEBUILD_RESOLVED_SOURCE_VERSION: commit.replace("1", "2"),
    }
    const run = await stage.box.envseal(["reseal", "--json"], { env })
    expect(run).toMatchObject({ status: 0 })
    expect(JSON.parse(run.stdout)).toMatchObject({ tag: "build-0b1c", resealedFrom: push.digest })
    expect(run.stderr).toContain("the image's code is of")
  })

  test("a digest that is none, or is missing, is refused before anything is asked", async () => {
    for (const ENVSEAL_RESEAL_FROM of ["", "sha256:1234", "latest"]) {
      await stage.aws.clearRequests()
      const env = { ...stage.as("build"), ENVSEAL_ENVIRONMENT: "production", ENVSEAL_RESEAL_FROM }
      expect(await stage.box.envseal(["reseal", "--tag", "x"], { env })).toMatchObject({
        status: 2,
        stdout: "",
      })
      expect(await stage.aws.requests()).toEqual([])
    }
  })
})

test.each([
  { what: "an image by its tag", args: ["--image", `${shop}:v1`] },
  { what: "a digest cut short", args: ["--image", `${shop}@sha256:12`] },
  { what: "a tag that is none", args: ["--tag", "a/b"] },
  { what: "a path upwards", args: ["--path", "/"] },
])("$what is refused as usage", async ({ args }) => {
  const push = pushImage(appImage(stage.old))
  await restock(stage, [push])
  const run = await reseal(stage, push.digest, args)
  expect(run).toMatchObject({ status: 2, stdout: "" })
  expect(run.stderr).toContain("[USAGE]")
  expect(run.stderr).toContain("hint: ")
})

test("without a tag and outside of a build, there is none", async () => {
  const args = resealArgs(digest("x")).slice(0, -2)
  expect((await stage.box.envseal(args, { env: stage.as("build") })).stderr).toContain("there is no tag")
})
