import { expect, test } from "vitest"
import { imageOfBuild } from "../../../src/deploy/run/image.ts"
import type { Registry } from "../../../src/ports/registry.ts"
import { ended, newImage, repository } from "../core/scene.ts"

const settings = { repository, variable: "ENVSEAL_IMAGE", tag: null }
const registry: Registry = {
  find: async (_, reference) => ({ digest: reference, pushedAtMs: 0, status: "ACTIVE", tags: [] }),
}

function imageOf(exported: Readonly<Record<string, string>>) {
  const build = ended("SUCCEEDED", { exported: { ENVSEAL_IMAGE: newImage, ...exported } })
  return imageOfBuild(build, "production", settings, registry)
}

test("the image of a build has what the build exports of what is sealed in it", async () => {
  const exported = {
    ENVSEAL_COMMIT: "abc",
    ENVSEAL_SECRET_VERSION: "v1",
    ENVSEAL_SEALED_AT: "2026-01-02T03:04:05.678Z",
  }
  expect(await imageOf(exported)).toEqual({
    ...{ image: newImage, build: "shop:1", commit: "abc" },
    ...{ secretVersion: "v1", sealedAt: "2026-01-02T03:04:05.678Z" },
  })
})

test("the image of a build that exports the image alone has the rest unknown", async () => {
  expect(await imageOf({})).toMatchObject({ commit: null, secretVersion: null, sealedAt: null })
})

test.each(["", "null", "yesterday", "2026-02-30T00:00:00Z"])(
  "the image of a build that says it sealed at %j has no such time",
  async (text) => {
    expect(await imageOf({ ENVSEAL_SEALED_AT: text })).toMatchObject({ image: newImage, sealedAt: null })
  },
)
