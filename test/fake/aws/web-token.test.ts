import { generateKeyPairSync, sign } from "node:crypto"
import { expect, test } from "vitest"
import { readWebToken, serviceAccountIn, signWebToken } from "./web-token.ts"

const claims = { iss: "https://issuer.example", aud: ["a"], sub: "system:serviceaccount:shop:app", exp: 1 }
const [header, payload, signature] = signWebToken(claims).split(".")

test("a token is genuine as it was signed", () => {
  expect(readWebToken(signWebToken(claims))).toEqual({ claims, genuine: true })
})

test("a token with other claims, or signed by someone else, is not genuine", () => {
  const other = signWebToken({ ...claims, exp: 2 }).split(".")[1]
  expect(readWebToken(`${header}.${other}.${signature}`)).toMatchObject({
    claims: { exp: 2 },
    genuine: false,
  })
  expect(readWebToken(`${header}.${payload}.AAAA`)).toEqual({ claims, genuine: false })
})

test("a token of a real cluster is genuine by that cluster's key, and by no other", () => {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const pem = ({ publicKey }: typeof own) => String(publicKey.export({ type: "spki", format: "pem" }))
  const text = `${Buffer.from('{"alg":"ES256"}').toString("base64url")}.${payload}`
  const key = { key: own.privateKey, dsaEncoding: "ieee-p1363" } as const
  const token = `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`
  expect(readWebToken(token, pem(own))).toEqual({ claims, genuine: true })
  expect(readWebToken(token, pem(other))).toEqual({ claims, genuine: false })
  expect(readWebToken(token)).toEqual({ claims, genuine: false })
})

test.each(["", "a.b", "a.b.c", "a.b.c.d", `${header}.${payload}.`])("%j is no token", (token) => {
  expect(readWebToken(token)).toBeNull()
})

test("a subject that is a service account has its namespace and name", () => {
  expect(serviceAccountIn(claims)).toBe("shop/app")
  expect(serviceAccountIn({ sub: "user:app" })).toBeNull()
})
