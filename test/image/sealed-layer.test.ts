import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { unpackPlainGzip } from "../../src/image/plain-gzip.ts"
import {
  isLayerPath,
  packLayer,
  readSealedLayer,
  type SealedLayer,
  writeSealedLayer,
} from "../../src/image/sealed-layer.ts"
import { readTar } from "../../src/image/tar.ts"
import { sha256, type TarEntry, tar, tarMember } from "../fake/tar.ts"

const part = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 60 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  )
  .filter((text) => !text.includes("/") && isLayerPath(text))

const id = fc.oneof(fc.nat({ max: 65_535 }), fc.nat({ max: 2 ** 31 - 1 }))
const access = fc.record({ mode: fc.nat({ max: 0o7777 }), uid: id, gid: id })

const anyLayer: fc.Arbitrary<SealedLayer> = fc
  .record({
    parts: fc.array(part, { minLength: 1, maxLength: 6 }),
    rights: fc.array(access, { minLength: 6, maxLength: 6 }),
    file: access,
    kept: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    mtime: fc.nat({ max: 2 ** 33 - 1 }),
    content: fc.uint8Array({ maxLength: 2_000 }),
  })
  .map(({ parts, rights, file, kept, mtime, content }) => ({
    ...file,
    path: parts.join("/"),
    folders: parts
      .slice(1)
      .map((_, at) => ({ path: parts.slice(0, at + 1).join("/"), ...(rights[at] ?? file) }))
      .filter((_, at) => kept[at]),
    mtime,
    content,
  }))

const plain: SealedLayer = {
  path: "app/.env.sealed",
  folders: [{ path: "app", mode: 0o755, uid: 0, gid: 0 }],
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 1_767_225_600,
  content: Buffer.from("age-encryption.org/v1\n"),
}

async function membersOf(bytes: Uint8Array) {
  const members = []
  for await (const { type, path, link, content } of readTar(chunk(bytes), "the layer")) {
    const pieces: Uint8Array[] = []
    for await (const piece of content) pieces.push(piece)
    members.push({ type, path, link, content: Buffer.concat(pieces).toString("hex") })
  }
  return members
}

async function* chunk(bytes: Uint8Array) {
  yield bytes
}

describe("a layer with a sealed file", () => {
  test("is read as it was written, whatever path, owner and mode it has", () => {
    fc.assert(
      fc.property(anyLayer, (layer) => {
        const read = readSealedLayer(writeSealedLayer(layer))
        expect(read && { ...read, content: Buffer.from(read.content) }).toEqual({
          ...layer,
          content: Buffer.from(layer.content),
        })
      }),
    )
  })

  test("is to another reader of tars the same folders and the same file", async () => {
    await fc.assert(
      fc.asyncProperty(anyLayer, async (layer) => {
        const folders = layer.folders.map(({ path }) => ({ type: "folder", path, link: "", content: "" }))
        const content = Buffer.from(layer.content).toString("hex")
        const seen = await membersOf(writeSealedLayer(layer))
        expect(seen.map((one) => ({ ...one, path: one.path.replace(/\/$/, "") }))).toEqual([
          ...folders,
          { type: "file", path: layer.path, link: "", content },
        ])
      }),
    )
  })

  test("has bytes that never change between versions, for one who judges it by writing it again", () => {
    expect(sha256(writeSealedLayer(plain))).toBe(
      "a410be094e0d1eeffa4f91b4c4205ac03e207d4f8e49c991958a349d88cb073d",
    )
  })

  test("is refused, or is a whole other sealed layer, after any byte of it has changed", () => {
    const bytes = writeSealedLayer(plain)
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const read = readSealedLayer(changed)
        if (read === null) return
        expect(read).not.toEqual(readSealedLayer(bytes))
        expect(Buffer.from(writeSealedLayer(read)).equals(changed)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test("comes back from gzip with the digest of its tar, and not when it is larger than may be", () => {
    const bytes = writeSealedLayer(plain)
    const packed = packLayer(bytes)
    expect(packed).toMatchObject({
      diffId: `sha256:${sha256(bytes)}`,
      digest: `sha256:${sha256(packed.bytes)}`,
    })
    expect(packed.size).toBe(packed.bytes.length)
    expect(unpackPlainGzip(packed.bytes, bytes.length)).toEqual(Buffer.from(bytes))
    expect(unpackPlainGzip(packed.bytes, bytes.length - 1)).toBeNull()
    expect(unpackPlainGzip(Buffer.from("no gzip"), 1_000)).toBeNull()
    expect(unpackPlainGzip(gzipSync(Buffer.alloc(50_000_000)), 1_000_000)).toBeNull()
  })
})

const sealed: TarEntry = { path: "app/.env.sealed", content: "age-encryption.org/v1\n" }
const written = writeSealedLayer({ ...plain, folders: [] })
const end = 1024

describe("a layer is not taken for a sealed one", () => {
  test.each([
    { what: "with a link", bytes: tar([{ path: "app/x", type: "2", link: "/bin/sh" }, sealed]) },
    {
      what: "whose sealed file is a hard link",
      bytes: tar([{ ...sealed, content: "", type: "1", link: "bin/sh" }]),
    },
    { what: "with a second file", bytes: tar([{ path: "app/index.php", content: "<?php" }, sealed]) },
    { what: "with a file after it", bytes: tar([sealed, { path: "app/index.php", content: "<?php" }]) },
    { what: "with a whiteout", bytes: tar([{ path: "app/.wh.index.php" }, sealed]) },
    { what: "with an opaque folder", bytes: tar([{ path: "app/.wh..wh..opq" }, sealed]) },
    { what: "with a folder beside the way to it", bytes: tar([{ path: "bin/", type: "5" }, sealed]) },
    { what: "with a device", bytes: tar([{ path: "app", type: "6" }, sealed]) },
    {
      what: "with extended attributes",
      bytes: tar([{ ...sealed, attributes: { "SCHILY.xattr.security.capability": "x" } }]),
    },
    { what: "with the name of an owner", bytes: tar([{ ...sealed, owner: "www-data" }]) },
    { what: "that is empty", bytes: tar([]) },
    { what: "of a folder alone", bytes: tar([{ path: "app/", type: "5" }]) },
    { what: "that is no tar", bytes: Buffer.from("no tar") },
    { what: "without bytes", bytes: Buffer.alloc(0) },
    { what: "without its end", bytes: written.subarray(0, -end) },
    {
      what: "with members after its end",
      bytes: Buffer.concat([
        written,
        tarMember({ path: "app/index.php", content: "<?php" }),
        Buffer.alloc(end),
      ]),
    },
    { what: "with a path from the root", bytes: tar([{ path: "/app/.env.sealed", content: "x" }]) },
    { what: "with a path upwards", bytes: tar([{ path: "app/../bin/sh", content: "x" }]) },
    {
      what: "with a second path in an extended header",
      bytes: tar([{ ...sealed, attributes: { path: "bin/sh" } }]),
    },
  ])("$what", ({ bytes }) => {
    expect(readSealedLayer(bytes)).toBeNull()
  })

  test.each(["", "/app", "app/", "a//b", ".", "a/./b", "../a", "a\0", "a\nb", ".wh.a", "a/.wh.b", "\ud800"])(
    "and none can be written for the path %j",
    (path) => {
      expect(isLayerPath(path)).toBe(false)
      expect(() => writeSealedLayer({ ...plain, folders: [], path })).toThrow(RangeError)
    },
  )

  test.each([{ mode: 0o10000 }, { uid: -1 }, { gid: 1.5 }, { mtime: 2 ** 33 }])(
    "and none can be written with %j",
    (part) => {
      expect(() => writeSealedLayer({ ...plain, ...part })).toThrow(RangeError)
    },
  )
})
