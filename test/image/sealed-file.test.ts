import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { nodeScanTargets } from "../../src/adapters/node/scan-targets.ts"
import { digestOf } from "../../src/image/descriptor.ts"
import { resealStep } from "../../src/image/exchange.ts"
import { readManifest } from "../../src/image/manifest.ts"
import { findSealedFile } from "../../src/image/sealed-file.ts"
import { writeSealedLayer } from "../../src/image/sealed-layer.ts"
import type { ImageReader } from "../../src/ports/image-store.ts"
import { type PushedImage, type PushedLayer, pushImage } from "../fake/aws/pushed-image.ts"
import { failureOf } from "../fake/failure.ts"
import type { TarEntry } from "../fake/tar.ts"

const path = "app/.env.sealed"
const content = "age-encryption.org/v1\n"
const sealed: TarEntry = { path, content, mode: 0o440, uid: 33, gid: 34 }
const access = { mode: 0o440, uid: 33, gid: 34 }
const code: PushedLayer = {
  members: [
    { path: "app/", type: "5" },
    { path: "app/index.php", content: "<?php" },
  ],
}

async function find(image: PushedImage, spoil: (blob: Buffer) => Buffer = (blob) => blob) {
  const push = pushImage(image)
  const text = push.images[0]?.manifest ?? ""
  const manifest = readManifest(text, push.mediaType, "shop")
  if (manifest.type !== "image") throw new Error("it is an index")
  const blobs = new Map(Object.entries(push.blobs).map(([key, blob]) => [key, Buffer.from(blob, "base64")]))
  const read: number[] = []
  const reader: ImageReader = {
    manifest: async () => null,
    blob: async function* (_, { digest }) {
      read.push(manifest.layers.findIndex((layer) => layer.digest === digest))
      const blob = spoil(blobs.get(digest) ?? Buffer.alloc(0))
      for (let at = 0; at < blob.length; at += 1000) yield blob.subarray(at, at + 1000)
    },
  }
  const { decompress } = nodeScanTargets
  const found = await findSealedFile({ manifest }, path, {
    source: { reader, repository: "shop" },
    decompress,
  })
  return { found, read }
}

describe("the sealed file of an image", () => {
  test("is replaced when its layer is the last one, and has nothing else but folders on the way to it", async () => {
    const folder = { path: "app/", type: "5", mode: 0o750, uid: 1, gid: 2 } as const
    const { found, read } = await find({ layers: [code, { members: [folder, sealed] }] })
    expect(found).toEqual({
      ...access,
      ...{ path, layer: 1, how: "replace", isAlone: true },
      content: Buffer.from(content),
      folders: [{ path: "app", mode: 0o750, uid: 1, gid: 2 }],
    })
    expect(read).toEqual([1])
  })

  test.each(["tar", "gzip", "zstd"] as const)("is found in a layer that is stored as %s", async (packing) => {
    const { found } = await find({ layers: [code, { members: [sealed], packing }] })
    expect(found).toMatchObject({ ...access, how: "replace" })
  })

  test.each([
    { what: "a second file", members: [{ path: "app/index.php", content: "<?php" }, sealed] },
    { what: "a link", members: [{ path: "app/current", type: "2", link: "." } as const, sealed] },
    { what: "a whiteout", members: [{ path: "app/.wh.old" }, sealed] },
    { what: "a folder beside it", members: [{ path: "app/storage/", type: "5" } as const, sealed] },
    { what: "the root folder", members: [{ path: "./", type: "5" } as const, sealed] },
    {
      what: "a folder with attributes",
      members: [{ path: "app/", type: "5", attributes: { "SCHILY.xattr.a": "b" } } as const, sealed],
    },
    { what: "a folder after it", members: [sealed, { path: "app/", type: "5" } as const] },
    { what: "the file twice", members: [{ ...sealed, content: "older" }, sealed] },
  ])("is covered when its layer holds $what too", async ({ members }) => {
    const { found } = await find({ layers: [code, { members }] })
    expect(found).toMatchObject({ ...access, how: "cover", isAlone: false, content: Buffer.from(content) })
  })

  test("is covered when it has attributes of its own, and replaced with times of an extended header", async () => {
    const attributes = { "SCHILY.xattr.security.selinux": "x" }
    expect((await find({ layers: [{ members: [{ ...sealed, attributes }] }] })).found).toMatchObject({
      how: "cover",
    })
    const times = { mtime: "1767225600.5", atime: "1767225600" }
    expect((await find({ layers: [{ members: [{ ...sealed, attributes: times }] }] })).found).toMatchObject({
      how: "replace",
    })
  })

  test("is as the last layer that holds it says, whatever layer a step names", async () => {
    const createdBy = "COPY .env.sealed . # buildkit"
    const owned = {
      members: [{ ...sealed, mode: 0o400, uid: 1000, gid: 1000 }],
      createdBy: "RUN chown -R app /app",
    }
    const { found } = await find({ layers: [code, { members: [sealed], createdBy }, owned] })
    expect(found).toMatchObject({ layer: 2, mode: 0o400, uid: 1000, gid: 1000 })
  })

  test.each([
    { what: "a whiteout", member: { path: "app/.wh..env.sealed" } },
    { what: "a whiteout of its folder", member: { path: ".wh.app" } },
    { what: "a folder that is empty from now on", member: { path: "app/.wh..wh..opq" } },
    { what: "a symbolic link in its place", member: { path, type: "2", link: "/run/x" } as const },
    {
      what: "a symbolic link in the place of its folder",
      member: { path: "app", type: "2", link: "/x" } as const,
    },
    { what: "a file in the place of its folder", member: { path: "./app", content: "" } },
  ])("is not there any more when a layer above it holds $what", async ({ member }) => {
    const createdBy = "COPY .env.sealed . # buildkit"
    expect(
      (await find({ layers: [code, { members: [sealed], createdBy }, { members: [member] }] })).found,
    ).toBeNull()
  })

  test("is there when a layer holds it and hides what was below", async () => {
    const hiding = [{ path: "app/.wh..wh..opq" }, sealed, { path: "app/.wh..env.sealed" }]
    const { found } = await find({ layers: [{ members: [{ ...sealed, mode: 0o777 }] }, { members: hiding }] })
    expect(found).toMatchObject({ layer: 1, ...access })
  })

  test("is covered when its layer is in the middle, and looked for from the last layer", async () => {
    const layers = [code, { members: [sealed] }, { members: [{ path: "x" }] }]
    expect(await find({ layers })).toMatchObject({
      found: { layer: 1, how: "cover", isAlone: true },
      read: [2, 1],
    })
  })

  test("is the one of the last reseal, which covers the one of the build", async () => {
    const below = { members: [...code.members, { ...sealed, content: "older" }] }
    const { found, read } = await find({ layers: [below, { members: [sealed], createdBy: resealStep }] })
    expect(found).toMatchObject({ layer: 1, how: "replace", content: Buffer.from(content) })
    expect(read).toEqual([1])
  })

  test("is covered in an image of one layer", async () => {
    const { found } = await find({ layers: [{ members: [...code.members, sealed] }] })
    expect(found).toMatchObject({ layer: 0, how: "cover" })
  })

  test.each([
    { what: "nothing", member: { path: "app/.env" } },
    { what: "a symbolic link", member: { path, type: "2", link: "/run/x" } as const },
    { what: "a hard link", member: { path, type: "1", link: "app/x" } as const },
    { what: "a folder", member: { path: `${path}/`, type: "5" } as const },
    { what: "a whiteout", member: { path: "app/.wh..env.sealed" } },
  ])("is not there when its path leads to $what", async ({ member }) => {
    expect((await find({ layers: [code, { members: [member] }] })).found).toBeNull()
  })

  test("is not looked for in an encrypted layer", async () => {
    const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"
    expect(await find({ layers: [{ members: [sealed], mediaType }] })).toEqual({ found: null, read: [] })
  })

  test("is found in a layer that envseal wrote, with what that says of owner and mode", async () => {
    const id = fc.nat({ max: 2 ** 31 - 1 })
    const file = fc.record({ mode: fc.nat({ max: 0o7777 }), uid: id, gid: id })
    await fc.assert(
      fc.asyncProperty(file, file, async (owner, folder) => {
        const layer = {
          ...owner,
          ...{ path, folders: [{ path: "app", ...folder }], mtime: 1_767_225_600 },
          content: Buffer.from(content),
        }
        const { found } = await findIn(writeSealedLayer(layer))
        expect(found).toMatchObject({ ...owner, folders: layer.folders, how: "replace" })
      }),
    )
  })

  test.each([
    { what: "altered", spoil: (blob: Buffer) => Buffer.concat([blob, Buffer.alloc(1024)]) },
    { what: "cut", spoil: (blob: Buffer) => blob.subarray(0, -40) },
    { what: "empty", spoil: () => Buffer.alloc(0) },
  ])("is not taken from a layer that is $what", async ({ spoil }) => {
    expect(await failureOf(() => find({ layers: [{ members: [sealed] }] }, spoil))).toMatchObject({
      code: "IMAGE_MALFORMED",
    })
  })

  test.each([
    { what: "tar", pack: (tar: Uint8Array) => tar },
    { what: "gzip", pack: (tar: Uint8Array) => gzipSync(tar) },
  ])("is not taken from a layer that is altered behind the end of its $what", async ({ pack }) => {
    const layer = { path, folders: [], mtime: 0, content: Buffer.from(content), ...access }
    const bytes = Buffer.concat([pack(writeSealedLayer(layer)), Buffer.alloc(100_000)])
    const altered = Buffer.from(bytes).fill(1, bytes.length - 1)
    expect((await findIn(bytes)).found).toMatchObject({ how: "replace" })
    expect(await failureOf(() => findIn(bytes, altered))).toMatchObject({ code: "IMAGE_MALFORMED" })
  })

  test("is not read when it is far too large to be one", async () => {
    const members = [{ path, content: Buffer.alloc(17_000_000) }]
    expect(await failureOf(() => find({ layers: [{ members }] }))).toMatchObject({ code: "IMAGE_MALFORMED" })
  })
})

/** In an image with just this layer, for which a registry may give other bytes. */
async function findIn(tar: Uint8Array, given = tar) {
  const digest = digestOf(tar)
  const manifest = {
    schemaVersion: 2,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: 1 },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: tar.length }],
  }
  const read = readManifest(JSON.stringify(manifest), "application/vnd.oci.image.manifest.v1+json", "shop")
  if (read.type !== "image") throw new Error("it is an index")
  const reader: ImageReader = {
    manifest: async () => null,
    blob: async function* () {
      for (let at = 0; at < given.length; at += 1000) yield given.subarray(at, at + 1000)
    },
  }
  const source = { reader, repository: "shop" }
  const { decompress } = nodeScanTargets
  return { found: await findSealedFile({ manifest: read }, path, { source, decompress }) }
}
