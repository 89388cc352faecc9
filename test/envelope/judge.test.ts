import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { armor, Decrypter, Encrypter } from "age-encryption"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { decodeIdentity, decodeRecipient } from "../../src/envelope/age-key.ts"
import { dearmor, enarmor } from "../../src/envelope/armor.ts"
import { readAll, streamOf } from "../../src/envelope/byte-stream.ts"
import { decryptPayload, readAgeFile, unwrapFileKey } from "../../src/envelope/open.ts"
import { runs } from "../dotenv/values.ts"
import { alice, bob, quinn } from "../fake/keys.ts"
import { outcomesHere } from "./outcomes.ts"

/** age-encryption judges each piece of the age format that stands on the path of `open`. */

async function encrypted(text: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return readAll(await encrypter.encrypt(streamOf(text)))
}

async function byLibrary(file: Uint8Array, identity: string): Promise<Buffer | null> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  try {
    return Buffer.from(await readAll(await decrypter.decrypt(streamOf(file))))
  } catch {
    return null
  }
}

async function byUs(file: Uint8Array): Promise<Buffer | null> {
  try {
    const read = readAgeFile(file, "it")
    return Buffer.from(await decryptPayload(read, await unwrapFileKey(read, [alice.identity])))
  } catch {
    return null
  }
}

const chunk = 65_536
const sizes = [0, 1, 15, 16, 17, chunk - 1, chunk, chunk + 1, 2 * chunk, 2 * chunk + 5]

describe("what age-encryption encrypts", () => {
  test.each(sizes)("in %d bytes is decrypted to the same", async (size) => {
    const text = Buffer.alloc(size, "envseal ")
    const file = await encrypted(text, [bob.recipient.text, alice.recipient.text])
    expect((await byUs(file))?.equals(text)).toBe(true)
  })

  test("is refused by both or opened by both, and to the same, wherever it is altered", async () => {
    const files = await Promise.all(
      [0, 40, chunk, chunk + 1].map((size) => encrypted(Buffer.alloc(size, 7), [alice.recipient.text])),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        async (file, at, mask) => {
          const altered = Uint8Array.from(file)
          // The header is a quarter of the places: the payload of most files is far longer.
          const place = at % 4 === 0 ? at % 220 : at % file.length
          altered[place] = (altered[place] ?? 0) ^ mask
          expect(await byUs(altered)).toEqual(await byLibrary(altered, alice.line))
        },
      ),
      runs(60),
    )
  })

  test("is refused by both when it is cut or has more behind it", async () => {
    const file = await encrypted(Buffer.alloc(2 * chunk, 7), [alice.recipient.text])
    const extended = (more: number) => Buffer.concat([file, Buffer.alloc(more)])
    const cuts = [1, 16, 17, chunk, chunk + 16, chunk + 17, 2 * chunk + 32, 2 * chunk + 33]
    for (const other of [
      ...cuts.map((cut) => file.subarray(0, -cut)),
      extended(1),
      extended(16),
      extended(chunk + 16),
    ]) {
      expect(await byUs(other)).toBeNull()
      expect(await byLibrary(other, alice.line)).toBeNull()
    }
  })
})

/** Texts near a key: one that stands as it is, one with a character changed, one cut, one in another case. */
function near(keys: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...keys),
      fc.nat(),
      fc.constantFrom("", "q", "P", "1", " ", "é"),
      fc.nat({ max: 4 }),
    )
    .map(([key, at, put, how]) => {
      const place = at % key.length
      if (how === 0) return key
      if (how === 1) return key.toLowerCase()
      if (how === 2) return key.slice(0, place)
      if (how === 3) return key.toUpperCase()
      return `${key.slice(0, place)}${put}${key.slice(place + 1)}`
    })
}

function accepts(add: () => void): boolean {
  try {
    add()
    return true
  } catch {
    return false
  }
}

test("an identity is one for both or for neither", () => {
  fc.assert(
    fc.property(near([alice.line, quinn.line, alice.recipient.text]), (text) => {
      expect(decodeIdentity(text) !== null).toBe(accepts(() => new Decrypter().addIdentity(text)))
    }),
    runs(500),
  )
})

test("a recipient is one for both or for neither", () => {
  fc.assert(
    fc.property(near([alice.recipient.text, quinn.recipient.text, alice.line]), (text) => {
      const known = accepts(() => new Encrypter().addRecipient(text))
      expect(decodeRecipient(text) !== null).toBe(known)
    }),
    runs(500),
  )
})

test("armor is what age-encryption writes, and both read it back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const armored = enarmor(bytes)
      expect(Buffer.from(armored).toString("latin1")).toBe(armor.encode(bytes))
      expect(Buffer.from(dearmor(armored, "it"))).toEqual(Buffer.from(armor.decode(armor.encode(bytes))))
    }),
    runs(200),
  )
})

describe("an armor of thousands of lines", () => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31 + (at >> 7)) % 256)
  const lines = Buffer.from(enarmor(bytes)).toString("latin1").trimEnd().split("\n")
  const read = (text: string) => Buffer.from(dearmor(Buffer.from(text, "latin1"), "it"))

  test.each([
    ["LF", () => "\n"],
    ["CRLF", () => "\r\n"],
    ["both", (at: number) => (at % 7 === 0 ? "\r\n" : "\n")],
  ])("is read where its lines end with %s", (_, endOf) => {
    const text = lines.map((line, at) => (at === lines.length - 1 ? line : `${line}${endOf(at)}`)).join("")
    expect(read(text)).toEqual(Buffer.from(bytes))
    expect(armor.decode(text)).toEqual(bytes)
  })

  test.each([1, 2, 1_014, 1_015, 1_016, 2_030, lines.length - 3, lines.length - 2])(
    "is refused where line %d is short, long, empty or foreign",
    (at) => {
      const line = lines[at] ?? ""
      let refused = 0
      for (const wrong of [
        line.slice(1),
        `${line}A`,
        "",
        `${line.slice(1)} `,
        `${line.slice(1)}=`,
        `${line}\r`,
      ]) {
        const text = lines.with(at, wrong).join("\n")
        // The last line may be any whole number of bytes.
        const isRead = (() => {
          try {
            return armor.decode(text) !== null
          } catch {
            return false
          }
        })()
        if (!isRead) refused++
        if (isRead) expect(read(text)).toEqual(Buffer.from(armor.decode(text)))
        else expect(() => read(text)).toThrow(expect.objectContaining({ code: "ARMOR_MALFORMED" }))
      }
      expect(refused).toBeGreaterThanOrEqual(3)
    },
  )

  test("is refused where one line is as long as all", () => {
    const text = [lines[0], lines.slice(1, -1).join(""), lines.at(-1)].join("\n")
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "ARMOR_MALFORMED" }))
  })
})

test("every vector ends the same under Bun, whose cryptography the binary uses", async () => {
  const bun = join(import.meta.dirname, "../../node_modules/.bin/bun")
  const { stdout } = await promisify(execFile)(bun, [join(import.meta.dirname, "outcomes.ts")])
  const here = await outcomesHere()
  expect(JSON.parse(stdout)).toEqual(here)
  expect(Object.values(here).filter((outcome) => /^[0-9a-f]{64}$/.test(outcome)).length).toBeGreaterThan(20)
})
