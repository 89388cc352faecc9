import { createHash } from "node:crypto"
import { createRequire } from "node:module"
import { inflateSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import { type Identity, parseIdentities } from "../../src/envelope/identity.ts"
import { decryptPayload, readAgeFile, unwrapFileKey } from "../../src/envelope/open.ts"

/** C2SP CCTV: the published vectors of the age format, through our own opening path. */
const vectors: Record<string, Uint8Array> = createRequire(import.meta.url)("cctv-age")

interface Vector {
  readonly expect: string
  readonly payload: string | undefined
  readonly identities: readonly string[]
  readonly passphrase: boolean
  readonly armored: boolean
  readonly file: Uint8Array
}

function readVector(bytes: Uint8Array): Vector {
  const end = Buffer.from(bytes).indexOf("\n\n")
  const fields = Buffer.from(bytes.subarray(0, end))
    .toString("utf8")
    .split("\n")
    .map((line): [string, string] => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)])
  const all = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value)
  const body = bytes.subarray(end + 2)
  return {
    expect: all("expect")[0] ?? "",
    payload: all("payload")[0],
    identities: all("identity"),
    passphrase: all("passphrase").length > 0,
    armored: all("armored").length > 0,
    file: all("compressed")[0] === "zlib" ? inflateSync(body) : body,
  }
}

async function open(vector: Vector): Promise<Uint8Array> {
  const file = readAgeFile(vector.file, "the vector")
  const identities: Identity[] = []
  for (const key of vector.identities) identities.push(...parseIdentities(key, "key").identities)
  return decryptPayload(file, await unwrapFileKey(file, identities))
}

async function codeOf(vector: Vector): Promise<ErrorCode | "success"> {
  try {
    const payload = await open(vector)
    expect(createHash("sha256").update(payload).digest("hex")).toBe(vector.payload)
    return "success"
  } catch (error) {
    if (error instanceof EnvsealError) return error.code
    throw error
  }
}

const codesOfClass: Record<string, readonly (ErrorCode | "success")[]> = {
  success: ["success"],
  "no match": ["NO_MATCH"],
  "HMAC failure": ["TAMPERED"],
  "header failure": ["HEADER_MALFORMED"],
  "payload failure": ["TAMPERED"],
  "armor failure": ["ARMOR_MALFORMED"],
}

/** Where our code is finer than the class: not an age file at all, or an age file of another version. */
const finer: Record<string, ErrorCode> = {
  empty: "NOT_AN_ENVELOPE",
  version_unsupported: "VERSION_UNSUPPORTED",
}

describe("the CCTV age vectors, by class", () => {
  test.each(Object.keys(vectors))("%s ends as its class says", async (name) => {
    const vector = readVector(vectors[name] ?? new Uint8Array())
    const code = await codeOf(vector)
    // envseal has no passphrases: what only a passphrase opens is for nobody here.
    const opensForUs =
      vector.passphrase && vector.expect !== "header failure" ? ["NO_MATCH"] : codesOfClass[vector.expect]
    expect(finer[name] === undefined ? opensForUs : [finer[name]]).toContain(code)
  })
})
