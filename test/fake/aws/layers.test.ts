import {
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  GetDownloadUrlForLayerCommand,
  InitiateLayerUploadCommand,
  PutImageCommand,
  UploadLayerPartCommand,
} from "@aws-sdk/client-ecr"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type FakeAws, startFakeAws } from "./client.ts"
import { deployWorld } from "./deploy-world.ts"
import { send } from "./http.ts"
import { digest, pushImage, pushIndex, stocked } from "./pushed-image.ts"
import { ecrAs, sdkFailure } from "./sdk.ts"

const everything = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
} as const
const all = { name: "all", mechanisms: ["static"], policies: [everything] } as const

const push = pushImage({ tags: ["v1"], layers: [{ members: [{ path: "a", content: "b" }] }] })
const index = pushIndex([push], { attested: true })
const repositoryName = "shop"
const layer = Buffer.from("a layer")

let aws: FakeAws
beforeAll(async () => {
  aws = await startFakeAws({ ...deployWorld, roles: [...deployWorld.roles, all] })
})
beforeEach(() => aws.setWorld({ repositories: [stocked("shop", [push, index]), stocked("other", [])] }))
afterAll(() => aws.stop())

const ecr = () => ecrAs(aws, "all")

async function begin(): Promise<string> {
  const { uploadId } = await ecr().send(new InitiateLayerUploadCommand({ repositoryName }))
  return uploadId ?? ""
}

function add(
  uploadId: string,
  layerPartBlob: Uint8Array,
  first = 0,
  last = first + layerPartBlob.length - 1,
) {
  const part = { partFirstByte: first, partLastByte: last, layerPartBlob }
  return ecr().send(new UploadLayerPartCommand({ repositoryName, uploadId, ...part }))
}

function end(uploadId: string, layerDigest: string, name = repositoryName) {
  const names = { repositoryName: name, uploadId, layerDigests: [layerDigest] }
  return ecr().send(new CompleteLayerUploadCommand(names))
}

describe("the upload of a layer", () => {
  test.each([
    { what: "that leaves a gap", first: 8, last: 14 },
    { what: "that says another length", first: 0, last: 7 },
  ])("refuses a part $what", async ({ first, last }) => {
    expect(await sdkFailure(add(await begin(), layer, first, last))).toMatchObject({
      name: "InvalidLayerPartException",
    })
  })

  test("refuses the same part twice, and one of more than 20 MiB", async () => {
    const id = await begin()
    await add(id, layer)
    expect(await sdkFailure(add(id, layer))).toMatchObject({ name: "InvalidLayerPartException" })
    expect(await sdkFailure(add(await begin(), Buffer.alloc(20_971_521)))).toMatchObject({
      name: "InvalidParameterException",
    })
  })

  test("is unknown under another id and in another repository", async () => {
    const id = await begin()
    await add(id, layer)
    expect(await sdkFailure(add("unknown", layer))).toMatchObject({ name: "UploadNotFoundException" })
    expect(await sdkFailure(end(id, digest(layer), "other"))).toMatchObject({
      name: "UploadNotFoundException",
    })
  })

  test("does not end without parts, with small ones before the last, or with another digest", async () => {
    const id = await begin()
    expect(await sdkFailure(end(id, digest(layer)))).toMatchObject({ name: "EmptyUploadException" })
    await add(id, layer)
    expect(await sdkFailure(end(id, digest("other")))).toMatchObject({ name: "InvalidLayerException" })
    await add(id, layer, layer.length)
    expect(await sdkFailure(end(id, digest("x")))).toMatchObject({ name: "LayerPartTooSmallException" })
  })

  test("ends once, and says so of a layer that is there already", async () => {
    const id = await begin()
    await add(id, layer)
    await end(id, digest(layer))
    expect(await sdkFailure(end(id, digest(layer)))).toMatchObject({ name: "UploadNotFoundException" })
    const again = await begin()
    await add(again, layer)
    expect(await sdkFailure(end(again, digest(layer)))).toMatchObject({ name: "LayerAlreadyExistsException" })
  })
})

describe("the URL of a layer", () => {
  const config = Object.keys(push.blobs)[0] ?? ""

  async function url(layerDigest = config): Promise<string> {
    const command = new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest })
    return (await ecr().send(command)).downloadUrl ?? ""
  }

  test("gives the layer or a range of it to whoever has it", async () => {
    const whole = await send(await url())
    expect([whole.status, digest(whole.body)]).toEqual([200, config])
    const part = await send(await url(), { headers: { range: "bytes=1-3" } })
    expect([part.status, part.body]).toEqual([206, whole.body.slice(1, 4)])
    expect(part.headers["content-range"]).toBe(`bytes 1-3/${whole.body.length}`)
    const beyond = await send(await url(), { headers: { range: "bytes=99999999-99999999" } })
    expect(beyond.status).toBe(416)
  })

  test("is refused when it is changed, for another layer, or an hour old", async () => {
    const given = await url()
    const other = Object.keys(push.blobs)[1]?.slice(7) ?? ""
    expect((await send(given.replace(config.slice(7), other))).status).toBe(403)
    expect((await send(given.replace(/X-Amz-Signature=\w{4}/, "X-Amz-Signature=0000"))).status).toBe(403)
    await aws.setWorld({ clockSkewSeconds: 3_601 })
    expect((await send(given)).status).toBe(403)
    await aws.setWorld({ clockSkewSeconds: 0 })
  })

  test("leads to nothing where the bytes of the layer are not at hand", async () => {
    const blobs = { ...push.blobs, [config]: "" }
    await aws.setWorld({ repositories: [stocked("shop", [push], { blobs })] })
    expect((await send(await url())).status).toBe(404)
  })

  test("is not given for what the repository does not have, or no image names", async () => {
    expect(await sdkFailure(url(digest("nothing")))).toMatchObject({ name: "LayersNotFoundException" })
    const id = await begin()
    await add(id, layer)
    await end(id, digest(layer))
    expect(await sdkFailure(url(digest(layer)))).toMatchObject({ name: "LayerInaccessibleException" })
  })
})

describe("a manifest", () => {
  const manifest = push.images[0]?.manifest ?? ""
  const put = (part: object) =>
    ecr().send(new PutImageCommand({ repositoryName, imageManifest: manifest, ...part }))
  const json = JSON.parse(manifest)

  test("is read as it was put, and what is not there or archived is told beside it", async () => {
    const archived = { ...push.images[0], status: "ARCHIVED" } as (typeof push.images)[0]
    await aws.setWorld({ repositories: [{ ...stocked("shop", [index]), images: [archived] }] })
    const imageIds = [{ imageDigest: push.digest }, { imageTag: "v2" }]
    const { images, failures } = await ecr().send(new BatchGetImageCommand({ repositoryName, imageIds }))
    expect(images).toEqual([])
    expect(failures?.map(({ failureCode }) => failureCode)).toEqual(["ImageInaccessible", "ImageNotFound"])
  })

  test.each([
    { what: "the same again", part: { imageTag: "v1" }, name: "ImageAlreadyExistsException" },
    { what: "the same without a tag", part: {}, name: "ImageAlreadyExistsException" },
    { what: "another digest", part: { imageDigest: digest("x") }, name: "ImageDigestDoesNotMatchException" },
    { what: "no JSON", part: { imageManifest: "{" }, name: "InvalidParameterException" },
    {
      what: "a layer that is not there",
      part: { imageManifest: JSON.stringify({ ...json, layers: [{ digest: digest("x") }] }) },
      name: "LayersNotFoundException",
    },
    {
      what: "an image that is not there",
      part: {
        imageManifest: JSON.stringify({ schemaVersion: 2, manifests: [{ digest: digest("x") }] }),
        imageManifestMediaType: index.mediaType,
      },
      name: "ReferencedImagesNotFoundException",
    },
  ])("with $what is refused", async ({ part, name }) => {
    expect(await sdkFailure(put(part))).toMatchObject({ name })
  })

  test("gets no tag that another image has when tags are immutable", async () => {
    const images = stocked("shop", [push], { imageTagMutability: "IMMUTABLE" })
    await aws.setWorld({ repositories: [images] })
    const other = { imageManifest: JSON.stringify({ ...json, annotations: {} }), imageTag: "v1" }
    expect(await sdkFailure(put(other))).toMatchObject({ name: "ImageTagAlreadyExistsException" })
    expect(await sdkFailure(put({ imageTag: "v1" }))).toMatchObject({ name: "ImageAlreadyExistsException" })
  })
})

test("a repository whose digests are not those of its parts could not be", async () => {
  const blobs = { [digest("a")]: Buffer.from("b").toString("base64") }
  await expect(aws.setWorld({ repositories: [stocked("shop", [], { blobs })] })).rejects.toThrow("digest")
  const images = [{ ...push.images[0], manifest: "{}" } as (typeof push.images)[0]]
  await expect(aws.setWorld({ repositories: [stocked("shop", [], { images })] })).rejects.toThrow("digest")
})
