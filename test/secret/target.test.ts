import { expect, test } from "vitest"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { targetBeside, targetOf } from "../../src/secret/run/target.ts"
import { failureOf } from "../fake/failure.ts"
import { SecretShelf, shelfId, shelfSettings } from "../fake/secret-shelf.ts"

test("a secret can be changed beside one that is pinned, and the pinned one cannot", async () => {
  const shelf = new SecretShelf('{"A":"1"}')
  const both = shelfSettings.replace(`secret: ${shelfId}`, `secret: [shared#AWSPREVIOUS, ${shelfId}]`)
  expect(await shelf.target(both, shelfId)).toMatchObject({ id: shelfId, at: 1 })
  expect(await failureOf(() => shelf.target(both, "shared"))).toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("is pinned to one version"),
  })
})

test("what stands beside a secret in another environment is its own name there, or the one at its place", async () => {
  const ports = new SecretShelf('{"A":"1"}').ports()
  const environment = (name: string, ...secrets: readonly string[]) => {
    const text = shelfSettings
      .replace("production:", `${name}:`)
      .replace(`secret: ${shelfId}`, `secret: [${secrets}]`)
    return environmentOf(parseConfig(text, "envseal.yaml"), name)
  }
  const one = await targetOf(environment("staging", "shared", "shop/staging"), "shop/staging", ports)
  const beside = async (...secrets: readonly string[]) =>
    (await targetBeside(one, environment("production", ...secrets), "shop/staging", ports)).id
  expect(await beside("shared", "shop/production")).toBe("shop/production")
  expect(await beside("shop/staging", "shop/production")).toBe("shop/staging")
  expect((await failureOf(() => beside("a", "b", "c"))).code).toBe("USAGE")
})
