import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { looksLikeTar, readTar, type TarMember } from "../../src/image/tar.ts"
import { runs } from "../dotenv/values.ts"
import { failureOf } from "../fake/failure.ts"
import { cut, each, pieces } from "../fake/scan-targets.ts"
import { type TarEntry, tar, tarMember } from "../fake/tar.ts"

interface Read extends Omit<TarMember, "content" | "texts" | "extended"> {
  readonly content: string
}

async function read(chunks: AsyncIterable<Uint8Array>): Promise<Read[]> {
  const all: Read[] = []
  for await (const { content, texts: _, extended: __, ...member } of readTar(chunks, "a.tar")) {
    const parts: Uint8Array[] = []
    for await (const chunk of content) parts.push(chunk)
    all.push({ ...member, content: Buffer.concat(parts).toString("latin1") })
  }
  return all
}

const path = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 90, unit: fc.constantFrom(..."ab/.é ") }),
    fc.string({ minLength: 101, maxLength: 300, unit: fc.constantFrom(..."ab/.é ") }),
  )
  .map((text) => `x${text}x`)
const entries = fc.array(
  fc.record({
    path,
    content: fc.uint8Array({ maxLength: 2_000 }),
    type: fc.constantFrom("0" as const, "1" as const, "2" as const, "5" as const),
    link: path,
    long: fc.constantFrom("gnu" as const, "pax" as const),
    mode: fc.nat({ max: 0o7777 }),
    uid: fc.nat({ max: 0o7777777 }),
    gid: fc.nat({ max: 0o7777777 }),
  }),
  { minLength: 1, maxLength: 8 },
)

const types = { "0": "file", "1": "link", "2": "symlink", "5": "folder" } as const

describe("a tar", () => {
  test("gives back all members, long names and links included, wherever the chunks end", async () => {
    const borders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(entries, borders, async (list, fractions) => {
        const sound = list.map((one): TarEntry => {
          const isLink = one.type === "1" || one.type === "2"
          return { ...one, link: isLink ? one.link : "", content: one.type === "0" ? one.content : "" }
        })
        const expected = sound.map(({ path: name, type = "0", link, content, mode, uid, gid }) => ({
          path: name,
          type: types[type as keyof typeof types],
          link,
          content: Buffer.from(content ?? "").toString("latin1"),
          ...{ mode, uid, gid },
        }))
        expect(await read(each(cut(tar(sound), fractions)))).toEqual(expected)
      }),
      runs(200),
    )
  })

  const sample = tar([
    { path: "a/b", content: "x".repeat(700) },
    { path: "long".repeat(60), content: "y" },
    { path: "c", type: "2", link: "d" },
  ])

  test("that is cut anywhere is no tar", async () => {
    for (let length = 1; length < sample.length; length += 100) {
      const { code, message } = await failureOf(() => read(pieces(sample.subarray(0, length), 300)))
      expect(code).toBe("IMAGE_MALFORMED")
      expect(message).toContain("a.tar")
    }
  })

  test("that ends between two members is cut", async () => {
    const { message } = await failureOf(() => read(pieces(tarMember({ path: "a", content: "b" }), 512)))
    expect(message).toBe("a.tar is cut: the tar does not end")
  })

  test.each([
    ["a damaged header", 100],
    ["a damaged header of a second member", 512 + 1_024 + 4],
  ])("with %s is refused", async (_title, at) => {
    const damaged = Buffer.from(sample)
    damaged[at] = (damaged[at] ?? 0) ^ 0xff
    expect((await failureOf(() => read(pieces(damaged, 512)))).code).toBe("IMAGE_MALFORMED")
  })

  test("with something after its end is refused", async () => {
    const two = Buffer.concat([sample, tar([{ path: "hidden", content: "value" }])])
    expect((await failureOf(() => read(pieces(two, 512)))).code).toBe("IMAGE_MALFORMED")
  })

  test("tells owners and attributes", async () => {
    const bytes = tar([{ path: "a", owner: "alice", attributes: { "SCHILY.xattr.user.note": "hello" } }])
    for await (const { texts } of readTar(pieces(bytes, 512), "a.tar")) {
      expect(texts).toContain("alice")
      expect(texts).toContain("SCHILY.xattr.user.note=hello")
    }
  })

  test("tells an attribute called __proto__, of the member that it belongs to, wherever the chunks end", async () => {
    const hidden = Object.fromEntries([["__proto__", "hello=\nworld"]])
    const bytes = tar([
      { path: "a", content: "x".repeat(1_500), attributes: { note: "none" } },
      { path: "l", type: "2", link: "a" },
      { path: "b".repeat(200), content: "13 __proto__=no", attributes: hidden },
      { path: "c", type: "S", content: "y" },
      { path: "d".repeat(200), long: "gnu", attributes: hidden },
    ])
    for (const size of [1, 100, 512, 5_000, 100_000]) {
      const told: string[] = []
      for await (const { path: name, texts, content } of readTar(pieces(bytes, size), "a.tar")) {
        for await (const _ of content);
        if (texts.includes("__proto__=hello=\nworld")) told.push(name[0] ?? "")
        else expect(texts.join()).not.toContain("__proto__")
      }
      expect(told).toEqual(["b", "d"])
    }
  })

  test("gives what a sparse file holds", async () => {
    expect(await read(pieces(tar([{ path: "s", type: "S", content: "data" }]), 512))).toEqual([
      { path: "s", type: "file", link: "", content: "data", mode: 0o644, uid: 0, gid: 0 },
    ])
  })

  test("is known by its first block", () => {
    expect(looksLikeTar(sample)).toBe(true)
    expect(looksLikeTar(tar([]))).toBe(true)
    expect(looksLikeTar(sample.subarray(0, 511))).toBe(false)
    expect(looksLikeTar(Buffer.alloc(512, "no tar"))).toBe(false)
  })
})
