import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { inflateSync } from "node:zlib"
import { EnvsealError } from "../../src/core/error.ts"
import { parseIdentities } from "../../src/envelope/identity.ts"
import { decryptPayload, readAgeFile, unwrapFileKey } from "../../src/envelope/open.ts"
import { readVector } from "../vectors/source/vector.ts"

/** What each vector ends with: the SHA-256 of its payload, or the code of the failure. */
export type Outcomes = Readonly<Record<string, string>>

const folder = join(import.meta.dirname, "../vectors")

/** All published vectors of age (C2SP CCTV) and of the envelope, by the age part of the opening path alone. */
export async function outcomesHere(): Promise<Outcomes> {
  const outcomes: Record<string, string> = {}
  const published: Record<string, Uint8Array> = createRequire(import.meta.url)("cctv-age")
  for (const [name, bytes] of Object.entries(published)) {
    const text = Buffer.from(bytes).toString("latin1")
    const head = text.slice(0, text.indexOf("\n\n")).split("\n")
    const body = bytes.subarray(text.indexOf("\n\n") + 2)
    const identities = head.filter((line) => line.startsWith("identity: ")).map((line) => line.slice(10))
    const file = head.includes("compressed: zlib") ? inflateSync(body) : body
    outcomes[`age/${name}`] = await outcomeOf(file, identities)
  }
  for (const name of readdirSync(folder).filter(
    (one) => /^[a-z0-9_]+$/.test(one) && one !== "compat" && one !== "source",
  )) {
    const { file, identities } = readVector(readFileSync(join(folder, name)))
    outcomes[`envelope/${name}`] = await outcomeOf(file, identities)
  }
  return outcomes
}

async function outcomeOf(bytes: Uint8Array, lines: readonly string[]): Promise<string> {
  try {
    const file = readAgeFile(bytes, "the vector")
    const { identities } = parseIdentities(lines.join("\n"), "key.txt")
    const payload = await decryptPayload(file, await unwrapFileKey(file, identities))
    return createHash("sha256").update(payload).digest("hex")
  } catch (error) {
    if (error instanceof EnvsealError) return error.code
    throw error
  }
}

if (import.meta.main) process.stdout.write(JSON.stringify(await outcomesHere()))
