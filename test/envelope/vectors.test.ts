import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import { parseContext } from "../../src/envelope/context.ts"
import { parseIdentities } from "../../src/envelope/identity.ts"
import { decryptPayload, readAgeFile, unwrapFileKey } from "../../src/envelope/open.ts"
import { open } from "../../src/open/run/open-envelope.ts"
import { failureOf } from "../fake/failure.ts"
import { fakePorts } from "../fake/ports.ts"
import { scenarios } from "../vectors/source/all.ts"
import { type Outcome, readVector, type Vector } from "../vectors/source/vector.ts"

const folder = join(import.meta.dirname, "../vectors")
const names = readdirSync(folder).filter(
  (name) => /^[a-z0-9_]+$/.test(name) && !["compat", "source"].includes(name),
)

const codes: Readonly<Record<Exclude<Outcome, "success">, ErrorCode>> = {
  "armor failure": "ARMOR_MALFORMED",
  "header failure": "HEADER_MALFORMED",
  "no match": "NO_MATCH",
  "HMAC failure": "TAMPERED",
  "payload failure": "TAMPERED",
  "context failure": "CONTEXT_MALFORMED",
  "context mismatch": "CONTEXT_MISMATCH",
  "dotenv failure": "DOTENV_MALFORMED",
  "version unsupported": "VERSION_UNSUPPORTED",
}

/** Outcomes of the stages that stand between age's own and do not change what plain age makes of the file. */
const soundForAge: readonly Outcome[] = ["success", "context failure", "context mismatch", "dotenv failure"]

function vectorAt(name: string): Vector {
  return readVector(readFileSync(join(folder, name)))
}

function openVector({ file, identities, context }: Vector) {
  const world = fakePorts({ files: { ".env.sealed": file, "key.txt": identities.join("\n") } })
  const expected = context === null ? null : parseContext([context], "--expect")
  return open({ in: ".env.sealed", expect: expected, identities: ["key.txt"], kmsKeys: null }, world)
}

/** How far plain age gets, which knows no context: the outcome of its own stage, or success. */
async function withoutContext({ file, identities }: Vector): Promise<Outcome | ErrorCode> {
  const ageFile = readAgeFile(file, "the vector")
  const keys = parseIdentities(identities.join("\n"), "key.txt").identities
  try {
    const fileKey = await unwrapFileKey(ageFile, keys)
    return await decryptPayload(ageFile, fileKey).then(
      () => "success",
      () => "payload failure",
    )
  } catch (error) {
    if (error instanceof EnvsealError) return error.code
    throw error
  }
}

const vectors = names.map((name) => ({ name, ...vectorAt(name) }))

describe("the vectors of the envelope format", () => {
  test.each(vectors.filter(({ expect }) => expect === "success"))("$name opens: $comment", async (vector) => {
    const { text } = await openVector(vector)
    expect(createHash("sha256").update(text.reveal()).digest("hex")).toBe(vector.payload)
  })

  test.each(vectors.filter(({ expect }) => expect !== "success"))(
    "$name ends in $expect: $comment",
    async (vector) => {
      expect(vector.payload).toBe(null)
      const { code } = await failureOf(() => openVector(vector))
      expect(code).toBe(codes[vector.expect as keyof typeof codes])
    },
  )

  test.each(
    vectors.filter(({ expect, name }) => soundForAge.includes(expect) && name !== "expect_before_key"),
  )("$name breaks no rule of age", async (vector) => expect(await withoutContext(vector)).toBe("success"))

  test.each(vectors.filter(({ expect }) => expect === "payload failure"))(
    "$name breaks no rule before its payload",
    async (vector) => expect(await withoutContext(vector)).toBe("payload failure"),
  )

  test.each(vectors.filter(({ expect }) => expect === "HMAC failure"))(
    "$name does not pass the header MAC, nor give a file key",
    async (vector) => expect(["TAMPERED", "NO_MATCH"]).toContain(await withoutContext(vector)),
  )

  test("are the ones that generate.ts writes", () => {
    expect(names).toEqual(scenarios.map(({ name }) => name).sort())
  })

  test("cover every outcome", () => {
    expect(new Set(vectors.map(({ expect }) => expect))).toEqual(new Set(["success", ...Object.keys(codes)]))
  })
})

describe("a vector's header", () => {
  const sound = "expect: success\ncomment: x\nidentity: AGE\n\nfile"

  test("is read up to the first blank line", () => {
    const { file, ...fields } = readVector(Buffer.from(`${sound}\n\nmore`))
    expect(fields).toEqual({
      expect: "success",
      comment: "x",
      identities: ["AGE"],
      context: null,
      payload: null,
    })
    expect(Buffer.from(file).toString()).toBe("file\n\nmore")
  })

  test.each([
    ["an unknown line", sound.replace("identity", "identities")],
    ["an unknown outcome", sound.replace("success", "succes")],
    ["no outcome", sound.replace("expect: success\n", "")],
    ["a repeated line", sound.replace("comment: x", "comment: x\ncomment: y")],
    ["a line without a value", sound.replace("comment: x", "comment: ")],
  ])("with %s is refused", (_, text) => {
    expect(() => readVector(Buffer.from(text))).toThrow()
  })
})

describe("docs/format.md", () => {
  const document = readFileSync(join(import.meta.dirname, "../../docs/format.md"), "utf8")
  const rules = [...document.matchAll(/`((?:cctv:)?[a-z0-9]+(?:_[a-z0-9]+)+)`/g)].map(
    ([, rule]) => rule ?? "",
  )
  const published: Record<string, Uint8Array> = createRequire(import.meta.url)("cctv-age")

  test("names only vectors that exist", () => {
    expect(rules.length).toBeGreaterThan(30)
    const known = [...names, ...Object.keys(published).map((name) => `cctv:${name}`)]
    expect(rules.filter((rule) => !known.includes(rule))).toEqual([])
  })
})
