import { describe, expect, test } from "vitest"
import { decrypt, encrypt, keyIdOf, materialId } from "./ciphertext.ts"

const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
const plaintext = Buffer.from("file key")
const context = { app: "x", env: "prod" }
const blob = encrypt(key, plaintext, context)

test("a blob opens with its context in any order", () => {
  expect(decrypt(key, blob, { env: "prod", app: "x" })).toEqual(plaintext)
})

test.each([
  ["no context", {}],
  ["less", { app: "x" }],
  ["more", { ...context, more: "" }],
  ["a name in other case", { App: "x", env: "prod" }],
  ["a value in other case", { app: "X", env: "prod" }],
  ["the same letters, cut elsewhere", { appx: "envprod" }],
  ["names and values exchanged", { x: "app", prod: "env" }],
])("a blob does not open with %s", (_, other) => {
  expect(decrypt(key, blob, other)).toBeNull()
})

test("a blob does not open under another key", () => {
  expect(decrypt("ffffffff-12ab-34cd-56ef-1234567890ab", blob, context)).toBeNull()
})

test("a blob with any byte changed does not open", () => {
  for (let index = 0; index < blob.length; index++) {
    const changed = Buffer.from(blob)
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(decrypt(key, changed, context)).toBeNull()
  }
})

test("the same plaintext twice gives two blobs of one length", () => {
  const again = encrypt(key, plaintext, context)
  expect(again.equals(blob)).toBe(false)
  expect(again.length).toBe(blob.length)
})

describe("the id of a key", () => {
  test("is in its blobs, without Region and account", () => {
    expect(keyIdOf(blob)).toBe(key)
    expect(blob.includes("arn:")).toBe(false)
  })

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["random bytes", Buffer.alloc(200, 7)],
    ["a blob cut short", blob.subarray(0, 40)],
  ])("is not in %s", (_, bytes) => {
    expect(keyIdOf(bytes)).toBeNull()
    expect(decrypt(key, bytes, context)).toBeNull()
  })

  test("stands for material that has an id of its own", () => {
    expect(materialId(key)).toMatch(/^[0-9a-f]{64}$/)
    expect(materialId("mrk-1")).not.toBe(materialId(key))
  })
})
