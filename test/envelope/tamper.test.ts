import { describe, expect, test } from "vitest"
import { exitStatus } from "../../src/cli/exit.ts"
import { Secret } from "../../src/core/secret.ts"
import { dearmor } from "../../src/envelope/armor.ts"
import { generateIdentity, type Identity, recipientOf } from "../../src/envelope/identity.ts"
import { decryptPayload, readEnvelope, unwrapFileKey } from "../../src/envelope/open.ts"
import { parseRecipient } from "../../src/envelope/recipient.ts"
import { sealEnvelope } from "../../src/envelope/seal.ts"

const provenance = { sealedAt: "2026-01-02T03:04:05.678Z", envseal: "0.1.0", names: 1, sources: [] }

async function sealFor(identities: readonly Identity[], armored: boolean): Promise<Uint8Array> {
  return sealEnvelope(
    {
      text: new Secret("A=1\n"),
      context: { app: "shop" },
      provenance,
      recipients: await Promise.all(
        identities.map(async (identity) => parseRecipient(await recipientOf(identity), "test")),
      ),
      armored,
    },
    null,
  )
}

/** The status that opening ends with; 0 when it gives a text. */
async function statusOf(bytes: Uint8Array, identity: Identity): Promise<number> {
  try {
    const envelope = readEnvelope(bytes, "it")
    const fileKey = await unwrapFileKey(envelope, [identity], envelope.claims.recipients)
    await decryptPayload(envelope, fileKey)
    return 0
  } catch (error) {
    return exitStatus(error)
  }
}

function* changes(file: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < file.length; at++) {
    for (const flip of [1, 0x20, 0x80, 1 + (at % 254)]) {
      const changed = Uint8Array.from(file)
      changed[at] = (changed[at] ?? 0) ^ flip
      yield changed
    }
  }
}

function* cuts(file: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < file.length; length++) yield file.subarray(0, length)
}

/** True for a change of an armor that leaves the same file inside, such as a blank after its last line. */
function isSameFile(changed: Uint8Array, file: Uint8Array): boolean {
  try {
    return Buffer.from(dearmor(changed, "it")).equals(dearmor(file, "it"))
  } catch {
    return false
  }
}

describe.each([
  ["binary, one recipient", 1, false],
  ["binary, two recipients", 2, false],
  ["armored, one recipient", 1, true],
])("an envelope (%s)", (_, count, armored) => {
  test("is refused with 4 or 6 after any change of one byte, and when cut anywhere", async () => {
    const identities = await Promise.all(
      Array.from({ length: count }, () => generateIdentity({ postQuantum: false })),
    )
    const [identity] = identities
    if (identity === undefined) throw new Error("no identity")
    const file = await sealFor(identities, armored)
    expect(await statusOf(file, identity)).toBe(0)
    const statuses = new Map<number, number>()
    for (const bytes of [...changes(file), ...cuts(file)]) {
      if (armored && isSameFile(bytes, file)) continue
      const status = await statusOf(bytes, identity)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses.keys()].sort()).toEqual([4, 6])
    expect(statuses.get(6)).toBeGreaterThan(100)
  })
})
