import { expect, test } from "vitest"
import type { RegistryImage } from "../../../src/core/build.ts"
import { newestImage } from "../../../src/deploy/run/newest-image.ts"
import { settings } from "../../status/scene.ts"
import { ended, newImage, repository } from "../core/scene.ts"

const [, digest = ""] = newImage.split("@")
const uuid = (letter: string) => `${letter.repeat(8)}-1111-4111-8111-111111111111`
const pushed = (part: Partial<RegistryImage>): RegistryImage => ({
  ...{ digest, tags: [`build-${uuid("a")}`], pushedAtMs: 0, status: "ACTIVE" },
  ...part,
})
const build = { project: "shop", source: null, repository: null, variables: {}, timeoutMs: 3_600_000 }

/** @param exported what each build that there is exported, by its id. */
function find(
  images: readonly RegistryImage[],
  exported: Readonly<Record<string, string>>,
  project = "shop",
): Promise<string | null> {
  const image = { repository, variable: "ENVSEAL_IMAGE", tag: null }
  return newestImage(
    { ...settings(), image, build: { ...build, project } },
    {
      registry: { newest: async () => images },
      builder: {
        read: async (id) => {
          const text = exported[id]
          if (text === undefined) return null
          return ended("SUCCEEDED", { id, exported: text === "" ? {} : { ENVSEAL_IMAGE: text } })
        },
      },
    },
  )
}

test("the newest image is the one that a build of the project exported", async () => {
  expect(await find([pushed({})], { [`shop:${uuid("a")}`]: newImage })).toBe(newImage)
  const arn = "arn:aws:codebuild:eu-west-1:111122223333:project/shop"
  expect(await find([pushed({})], { [`shop:${uuid("a")}`]: "" }, arn)).toBe(newImage)
})

test("a newer image of another environment's build, or of none, does not count", async () => {
  const staging = pushed({ digest: `sha256:${"3".repeat(64)}`, tags: [`build-${uuid("b")}`] })
  const untold = pushed({ digest: `sha256:${"4".repeat(64)}`, tags: ["latest"] })
  const builds = { [`shop:${uuid("a")}`]: newImage, [`shop-staging:${uuid("b")}`]: "" }
  expect(await find([staging, untold, pushed({})], builds)).toBe(newImage)
  expect(await find([staging, untold], builds)).toBeNull()
})

test("an image under the tag of a build that exported another one does not count", async () => {
  expect(
    await find([pushed({})], { [`shop:${uuid("a")}`]: `${repository}@sha256:${"5".repeat(64)}` }),
  ).toBeNull()
})
