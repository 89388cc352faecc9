import { expect, test } from "vitest"
import { dockerignoreFor } from "../../../src/setup/core/dockerignore.ts"
import { letInBy } from "../../../src/setup/core/first-version.ts"

test("a .dockerignore with what builds assets is the same when it is made again from what it lets in", () => {
  const text = dockerignoreFor({ loaded: ["modules"], hasAssets: true, server: null })
  expect(text).toContain("!modules\n!package.json\n")
  expect(dockerignoreFor({ loaded: letInBy(text), hasAssets: true, server: null })).toBe(text)
})
