import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { agreementWith, derKeys, nodeAgreement, rawKeys, webAgreement } from "../../src/envelope/agreement.ts"

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"))
const hex = (found: Uint8Array | null) => (found === null ? null : Buffer.from(found).toString("hex"))
const basePoint = bytes(`09${"00".repeat(31)}`)

/** RFC 7748, section 6.1: what Bob has, and Alice's public key. */
const bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
const alice = bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
const published = {
  public: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  shared: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
}

/** Points whose product with any private key is zero, written as they are, and in larger numbers of the same field. */
const lowOrder = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]

describe.each([
  ["Web Crypto", webAgreement],
  ["node:crypto", nodeAgreement],
  ["node:crypto, of bytes as they are", (scalar: Uint8Array) => agreementWith(rawKeys, scalar)],
  ["node:crypto, of DER", (scalar: Uint8Array) => agreementWith(derKeys, scalar)],
])("X25519 of %s", (_, agreementOf) => {
  test("gives the public half and the shared secret that are published", async () => {
    const agree = await agreementOf(bob)
    expect(hex(await agree(basePoint))).toBe(published.public)
    expect(hex(await agree(alice))).toBe(published.shared)
  })

  test.each(lowOrder)("gives no secret for a share of low order: %s", async (share) => {
    const agree = await agreementOf(bob)
    expect(await agree(bytes(share))).toBeNull()
    expect(hex(await agree(alice))).toBe(published.shared)
  })

  test("leaves key and share as they are", async () => {
    const [key, share] = [bob.slice(), alice.slice()]
    await (await agreementOf(key))(share)
    expect([hex(key), hex(share)]).toEqual([hex(bob), hex(alice)])
  })
})

test("all give the same for any key and any share", async () => {
  const thirtyTwo = fc.uint8Array({ minLength: 32, maxLength: 32 })
  await fc.assert(
    fc.asyncProperty(thirtyTwo, thirtyTwo, async (scalar, share) => {
      const given = hex(await (await webAgreement(scalar))(share))
      for (const keys of [rawKeys, derKeys]) {
        expect(hex(await agreementWith(keys, scalar)(share))).toBe(given)
      }
    }),
  )
})
