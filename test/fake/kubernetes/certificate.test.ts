import { createPrivateKey, X509Certificate } from "node:crypto"
import { expect, test } from "vitest"
import { Authority } from "./certificate.ts"

const authority = new Authority()
const root = new X509Certificate(authority.certificate)

test("an authority vouches for itself, and is one", () => {
  expect(root.ca).toBe(true)
  expect(root.verify(root.publicKey)).toBe(true)
})

test("a server's certificate is for its names alone", () => {
  const { certificate, key } = authority.issue({ serverNames: ["localhost", "127.0.0.1"] })
  const server = new X509Certificate(certificate)
  expect(server.ca).toBe(false)
  expect(server.verify(root.publicKey)).toBe(true)
  expect(server.checkIssued(root)).toBe(true)
  expect(server.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(server.checkHost("localhost")).toBe("localhost")
  expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1")
  expect(server.checkHost("example.com")).toBeUndefined()
})

test("a user's certificate has the user and the groups", () => {
  const { certificate } = authority.issue({ user: "dev", groups: ["team:shop", "team:ops"] })
  const { subject } = new X509Certificate(certificate)
  expect(subject.split("\n")).toEqual(["O=team:shop", "O=team:ops", "CN=dev"])
})

test("a certificate is good for as long as it is said, which may be over", () => {
  const { certificate } = authority.issue({ user: "dev", groups: [] }, -60_000)
  const { validToDate } = new X509Certificate(certificate)
  expect(validToDate.getTime()).toBeLessThan(Date.now())
})

test("another authority does not vouch for it", () => {
  const { certificate } = authority.issue({ user: "dev", groups: [] })
  const other = new X509Certificate(new Authority().certificate)
  expect(new X509Certificate(certificate).verify(other.publicKey)).toBe(false)
})
