import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { AwsImageStore } from "../../../src/adapters/aws/image-store.ts"
import { pieceBytes } from "../../../src/adapters/aws/layer-download.ts"
import type { AwsSettings } from "../../../src/adapters/aws/settings.ts"
import { fetchBlob, fetchConfiguration, fetchManifest } from "../../../src/image/fetch.ts"
import { manifestMediaTypes } from "../../../src/image/media-type.ts"
import type { FakeAws } from "../../fake/aws/client.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"
import { digest, pushImage, pushIndex, stocked } from "../../fake/aws/pushed-image.ts"
import { repositoryArn } from "../../fake/aws/repository.ts"
import { account, region } from "../../fake/aws/world.ts"
import { failureOf } from "../../fake/failure.ts"
import { asked, settingFor, startAws } from "./setting.ts"

const resealer = {
  name: "resealer",
  mechanisms: ["static"],
  policies: [
    {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "ecr:*", Resource: repositoryArn("shop", region, account) },
    },
  ],
} as const

/** Larger than a piece and not packed, so that it is downloaded in three. */
const large = Buffer.alloc(2 * pieceBytes + 1000, "layer ")
const push = pushImage({
  tags: ["v1"],
  layers: [
    { members: [{ path: "app/large", content: large }], packing: "tar" },
    { members: [{ path: "app/.env.sealed", content: "sealed" }] },
  ],
})
const index = pushIndex([push], { tags: ["all"], attested: true })

let aws: FakeAws
beforeAll(async () => {
  aws = await startAws()
})
afterAll(() => aws.stop())
beforeEach(async () => {
  await aws.clearFailures()
  await stock()
  await aws.clearRequests()
})

function stock(part: object = {}): Promise<void> {
  return aws.setWorld({
    roles: [...aws.roles.filter(({ name }) => name !== "resealer"), resealer],
    repositories: [stocked("shop", [push, index], part)],
  })
}

function store(role = "resealer", part: Partial<AwsSettings> = {}) {
  const { settings, credentials, said } = settingFor(aws, role, part)
  return { store: new AwsImageStore(settings, credentials), said, credentials }
}

function source(role?: string, part: Partial<AwsSettings> = {}) {
  return { reader: store(role, part).store, repository: shopRepository }
}

/** For what fails again and again. */
const soonOver = { remainingMs: () => 1_200 }

async function platform(reference = "v1") {
  const found = await fetchManifest(source(), reference)
  if (found?.manifest.type !== "image") throw new Error("it is no image")
  return found.manifest
}

describe("a part of an image", () => {
  test("is read by digest and by tag, and nothing else is asked for", async () => {
    expect(await fetchManifest(source(), push.digest)).toMatchObject({ digest: push.digest })
    expect(await fetchManifest(source(), "all")).toMatchObject({
      digest: index.digest,
      manifest: { type: "index", manifests: [{ digest: push.digest }, {}] },
    })
    expect(await asked(aws)).toEqual(["ecr:BatchGetImage", "ecr:BatchGetImage"])
  })

  test("that is not there is null", async () => {
    expect(await fetchManifest(source(), "v2")).toBeNull()
    expect(await fetchManifest(source(), digest("other"))).toBeNull()
  })

  test("comes in as many requests as it has pieces, each with its own range", async () => {
    const { layers, config } = await platform()
    await aws.clearRequests()
    const [first, second] = layers
    if (first === undefined || second === undefined) throw new Error("there are not two layers")
    expect(digest(await fetchBlob(source(), first, 20_000_000))).toBe(first.digest)
    expect(await asked(aws)).toEqual(["ecr:GetDownloadUrlForLayer", ...Array(3).fill("s3:GetObject")])
    expect((await aws.requests()).slice(1).map(({ bytes }) => bytes)).toEqual([
      pieceBytes,
      pieceBytes,
      first.size - 2 * pieceBytes,
    ])
    expect(digest(await fetchBlob(source(), second, 20_000_000))).toBe(second.digest)
    expect((await fetchConfiguration(source(), await platform())).workingDir).toBe("/app")
    expect(config.size).toBeLessThan(1_000)
  })

  test("that is larger than may be is not asked for", async () => {
    const [first] = (await platform()).layers
    await aws.clearRequests()
    expect(await failureOf(() => fetchBlob(source(), first ?? { digest: "", size: 0 }, 1_000))).toMatchObject(
      {
        code: "IMAGE_MALFORMED",
      },
    )
    expect(await asked(aws)).toEqual([])
  })

  test("is asked for again when the download breaks off, throttles or fails for a moment", async () => {
    const { config } = await platform()
    for (const failure of ["reset", "throttle", "lost"] as const) {
      await aws.clearFailures()
      await aws.fail({ service: "s3", with: failure, times: 1 })
      expect(digest(await fetchBlob(source(), config, 10_000))).toBe(config.digest)
    }
  })

  test("gets a new URL once when the one at hand is not taken any more", async () => {
    const { config } = await platform()
    await aws.clearRequests()
    const expired = { status: 403, code: "AccessDenied", message: "Request has expired" }
    await aws.fail({ service: "s3", with: expired, times: 1 })
    expect(digest(await fetchBlob(source(), config, 10_000))).toBe(config.digest)
    const once = ["ecr:GetDownloadUrlForLayer", "s3:GetObject"]
    expect(await asked(aws)).toEqual([...once, ...once])
    await aws.clearRequests()
    await aws.clearFailures()
    await aws.fail({ service: "s3", with: expired })
    expect(await failureOf(() => fetchBlob(source(), config, 10_000))).toMatchObject({
      code: "REMOTE_FAILED",
    })
    expect(await asked(aws)).toEqual([...once, ...once])
  })

  test("that the repository does not have, or no image names, cannot be used", async () => {
    const blob = { digest: digest("nothing"), size: 7 }
    expect(await failureOf(() => fetchBlob(source(), blob, 10_000))).toMatchObject({ code: "IMAGE_UNUSABLE" })
    await store().store.upload(shopRepository, digest("orphan"), Buffer.from("orphan"))
    const orphan = { digest: digest("orphan"), size: 6 }
    expect(await failureOf(() => fetchBlob(source(), orphan, 10_000))).toMatchObject({
      code: "IMAGE_UNUSABLE",
    })
  })

  test("is refused when it has fewer bytes than its manifest says, or others", async () => {
    const { config } = await platform()
    const short = { digest: config.digest, size: config.size - 1 }
    const long = { digest: config.digest, size: config.size + 1 }
    expect(
      await failureOf(() => fetchBlob(source(), { ...short, digest: digest("x") }, 10_000)),
    ).toMatchObject({
      code: "IMAGE_UNUSABLE",
    })
    for (const blob of [short, long]) {
      expect(await failureOf(() => fetchBlob(source("resealer", soonOver), blob, 10_000))).toMatchObject({
        code: "REMOTE_FAILED",
        message: expect.not.stringContaining("X-Amz"),
      })
    }
  })

  test("is never told with the URL that leads to it, whatever fails", async () => {
    const { config } = await platform()
    const { store: images, said } = store("resealer", soonOver)
    const url = /X-Amz-\w+|starport|[0-9a-f]{64}/
    for (const failure of [
      "garbage",
      { status: 500, code: "InternalError", message: "X-Amz-Signature=1" },
    ] as const) {
      await aws.clearFailures()
      await aws.fail({ service: "s3", with: failure })
      const error = await failureOf(() =>
        fetchBlob({ reader: images, repository: shopRepository }, config, 10_000),
      )
      expect([error.code, ["IMAGE_MALFORMED", "REMOTE_FAILED"].includes(error.code)]).toEqual([
        error.code,
        true,
      ])
      expect(`${error.message} ${error.hint} ${said}`.replaceAll(config.digest, "")).not.toMatch(url)
    }
  })
})

const layer = Buffer.from("a new layer")

function manifestWith(blob: string) {
  const image = push.images[0]
  const json = JSON.parse(image?.manifest ?? "{}")
  json.layers[1] = { ...json.layers[1], digest: blob, size: layer.length }
  const text = JSON.stringify(json)
  return { text, digest: digest(text), mediaType: push.mediaType }
}

describe("a new image", () => {
  test("is put once its layer is there, and found under its tag", async () => {
    const { store: images } = store()
    const manifest = manifestWith(digest(layer))
    expect(await failureOf(() => images.put(shopRepository, manifest, "v2"))).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: expect.stringContaining(digest(layer)),
    })
    await images.upload(shopRepository, digest(layer), layer)
    expect(await images.put(shopRepository, manifest, "v2")).toBe("put")
    expect(await images.manifest(shopRepository, "v2", manifestMediaTypes)).toEqual(manifest)
    expect(await images.put(shopRepository, manifest, "v2")).toBe("put")
  })

  test("with a layer of several parts is put whole", async () => {
    const { store: images } = store()
    const bytes = Buffer.alloc(11_000_000, "part")
    await images.upload(shopRepository, digest(bytes), bytes)
    expect(await asked(aws)).toEqual([
      "ecr:InitiateLayerUpload",
      "ecr:UploadLayerPart",
      "ecr:UploadLayerPart",
      "ecr:CompleteLayerUpload",
    ])
    const [repository] = (await aws.world()).repositories
    expect(repository?.blobs).toHaveProperty([digest(bytes)])
    await images.upload(shopRepository, digest(bytes), bytes)
  })

  test.each(["InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage"])(
    "is put all the same when the answer to %s is lost",
    async (operation) => {
      await aws.fail({ service: "ecr", operation, with: "lost", times: 1 })
      const { store: images } = store()
      await images.upload(shopRepository, digest(layer), layer)
      expect(await images.put(shopRepository, manifestWith(digest(layer)), "v2")).toBe("put")
      expect(await images.manifest(shopRepository, "v2", manifestMediaTypes)).toMatchObject({
        digest: manifestWith(digest(layer)).digest,
      })
    },
  )

  test("gets no tag of an immutable repository that another image has, and moves one of a mutable", async () => {
    const { store: images } = store()
    await stock({ imageTagMutability: "IMMUTABLE" })
    await images.upload(shopRepository, digest(layer), layer)
    const manifest = manifestWith(digest(layer))
    expect(await images.put(shopRepository, manifest, "v1")).toBe("taken")
    expect(await images.manifest(shopRepository, "v1", manifestMediaTypes)).toMatchObject({
      digest: push.digest,
    })
    await stock()
    await images.upload(shopRepository, digest(layer), layer)
    expect(await images.put(shopRepository, manifest, "v1")).toBe("put")
    expect(await images.manifest(shopRepository, "v1", manifestMediaTypes)).toMatchObject({
      digest: manifest.digest,
    })
  })

  test.each([
    { operation: "InitiateLayerUpload", code: "KmsException" },
    { operation: "UploadLayerPart", code: "LimitExceededException" },
    { operation: "CompleteLayerUpload", code: "RepositoryNotFoundException" },
  ])("is not put when $operation answers $code", async ({ operation, code }) => {
    await aws.fail({ service: "ecr", operation, with: { status: 400, code, message: "no" } })
    const upload = store("resealer", soonOver).store.upload(shopRepository, digest(layer), layer)
    expect(await failureOf(() => upload)).toMatchObject({ code: "IMAGE_UNUSABLE" })
  })

  test("is given up after three uploads whose parts ECR does not know", async () => {
    const unknown = { status: 400, code: "UploadNotFoundException", message: "no" }
    await aws.fail({ service: "ecr", operation: "UploadLayerPart", with: unknown })
    const upload = store().store.upload(shopRepository, digest(layer), layer)
    expect(await failureOf(() => upload)).toMatchObject({ code: "REMOTE_FAILED" })
    expect(await asked(aws)).toEqual(Array(3).fill(["ecr:InitiateLayerUpload", "ecr:UploadLayerPart"]).flat())
  })

  test("is refused to who may not put it, with the action that is missing", async () => {
    const { store: images } = store("nobody")
    expect(await failureOf(() => images.upload(shopRepository, digest(layer), layer))).toMatchObject({
      code: "ACCESS_DENIED",
      hint: expect.stringContaining("ecr:InitiateLayerUpload"),
    })
    expect(await failureOf(() => fetchManifest(source("nobody"), "v1"))).toMatchObject({
      code: "ACCESS_DENIED",
      hint: expect.stringContaining("ecr:BatchGetImage"),
    })
  })
})
