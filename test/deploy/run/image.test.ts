import { beforeEach, describe, expect, test } from "vitest"
import type { RegistryImage } from "../../../src/core/build.ts"
import { existingImage, type ImagePorts, imageOfBuild, replicationMs } from "../../../src/deploy/run/image.ts"
import type { Registry } from "../../../src/ports/registry.ts"
import { failureOf } from "../../fake/failure.ts"
import { FakeTimer } from "../../fake/timer.ts"
import { ended, newImage, oldImage, repository } from "../core/scene.ts"

const settings = { repository, variable: "ENVSEAL_IMAGE", tag: null }
const said: string[] = []
let timer = new FakeTimer()
beforeEach(() => {
  said.length = 0
  timer = new FakeTimer()
})

/** What images are looked for with, in a registry. */
function portsWith(registry: Registry): ImagePorts {
  return { registry, timer, log: { warn: (text) => said.push(text), debug: () => {} } }
}

const running = new AbortController().signal
const registry: Registry = {
  knows: () => true,
  find: async (_, reference) => ({ digest: reference, pushedAtMs: 0, status: "ACTIVE", tags: [] }),
}

function imageOf(exported: Readonly<Record<string, string>>) {
  const build = ended("SUCCEEDED", { exported: { ENVSEAL_IMAGE: newImage, ...exported } })
  return imageOfBuild(build, "production", settings, portsWith(registry), running)
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

/** A registry that has one image under any name, and remembers what it was asked for. */
function registryWith(image: Partial<RegistryImage> | null, asked: string[] = []): Registry {
  const [, digest = ""] = newImage.split("@")
  return {
    knows: () => true,
    find: async (name, reference) => {
      asked.push(`${name} ${reference}`)
      return image === null ? null : { digest, pushedAtMs: 0, status: "ACTIVE", tags: [], ...image }
    },
  }
}

const startedAtMs = 1_000_000
const tagged = { ...settings, tag: "v1" }
const built = (exported = {}) => ended("SUCCEEDED", { startedAtMs, exported })

describe("an image of which only the tag is known", () => {
  test.each([
    ["after the build began", startedAtMs + 1],
    ["a minute before, by a registry whose clock is late", startedAtMs - 60_000],
  ])("is the build's when it was pushed %s", async (_, pushedAtMs) => {
    const registry = registryWith({ pushedAtMs })
    expect(await imageOfBuild(built(), "production", tagged, portsWith(registry), running)).toMatchObject({
      image: newImage,
    })
  })

  test("is another build's when it was pushed more than a minute before the build began", async () => {
    const registry = registryWith({ pushedAtMs: startedAtMs - 60_001 })
    const failure = await failureOf(() =>
      imageOfBuild(built(), "production", tagged, portsWith(registry), running),
    )
    expect(failure).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `${repository}:v1 was pushed before build shop:1 began`,
    })
  })

  test.each([
    ["{build}", "shop:1b2c-3d", "1b2c-3d"],
    ["{environment}-{number}", "shop:1", "production-7"],
    ["{commit}", "shop:1", "abcdef0123"],
    ["{commit:7}-{environment}", "shop:1", "abcdef0-production"],
    ["{commit:40}", "shop:1", "abcdef0123"],
    ["v{unknown}", "shop:1", "v{unknown}"],
  ])("has the tag %s of build %s as %s", async (tag, id, reference) => {
    const asked: string[] = []
    const build = ended("SUCCEEDED", { id, number: 7, commit: "abcdef0123" })
    await imageOfBuild(build, "production", { ...settings, tag }, portsWith(registryWith({}, asked)), running)
    expect(asked).toEqual([`${repository} ${reference}`])
  })
})

describe("an image that a build exports", () => {
  test("may be older than the build when its digest is known", async () => {
    const registry = registryWith({ pushedAtMs: 0 })
    const build = built({ ENVSEAL_IMAGE: newImage })
    expect(await imageOfBuild(build, "production", tagged, portsWith(registry), running)).toMatchObject({
      image: newImage,
    })
  })

  test("may not be older than the build when only its tag is known", async () => {
    const build = built({ ENVSEAL_IMAGE: `${repository}:v2` })
    const failure = await failureOf(() =>
      imageOfBuild(build, "production", settings, portsWith(registryWith({})), running),
    )
    expect(failure.message).toBe(`${repository}:v2 was pushed before build shop:1 began`)
  })

  test.each([
    ["of a longer name", `${repository}-admin:v1`],
    ["of another repository", "shop:v1"],
  ])("is refused when it is %s", async (_, image) => {
    const build = built({ ENVSEAL_IMAGE: image })
    const failure = await failureOf(() =>
      imageOfBuild(build, "production", settings, portsWith(registryWith({})), running),
    )
    expect(failure).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `ENVSEAL_IMAGE of the build is ${image}, which is not of ${repository}`,
    })
  })

  test.each([{}, { ENVSEAL_IMAGE: "" }])(
    "is missed when it exports %j and there is no tag",
    async (exported) => {
      const failure = await failureOf(() =>
        imageOfBuild(built(exported), "production", settings, portsWith(registryWith({})), running),
      )
      expect(failure.message).toBe("build shop:1 exported no ENVSEAL_IMAGE")
    },
  )
})

describe("an image that exists", () => {
  test.each([
    ["v1", "v1"],
    [":v1", "v1"],
    [`@sha256:${"1".repeat(64)}`, `sha256:${"1".repeat(64)}`],
    [`${repository}:v1`, "v1"],
    [oldImage, `sha256:${"0".repeat(64)}`],
    [`${repository}:v1@sha256:${"2".repeat(64)}`, `sha256:${"2".repeat(64)}`],
  ])("is found as %s", async (text, reference) => {
    const asked: string[] = []
    expect(await existingImage(text, settings, portsWith(registryWith({}, asked)), running)).toEqual({
      ...{ image: newImage, build: null, commit: null, secretVersion: null, sealedAt: null },
    })
    expect(asked).toEqual([`${repository} ${reference}`])
  })

  test("is refused when it is of another repository, before anything is asked", async () => {
    const asked: string[] = []
    const failure = await failureOf(() =>
      existingImage("other/shop:v1", settings, portsWith(registryWith({}, asked)), running),
    )
    expect(failure.message).toBe(`--image is other/shop:v1, which is not of ${repository}`)
    expect(asked).toEqual([])
  })

  test.each<readonly [string, string, Partial<RegistryImage> | null]>([
    ["v1", `there is no image ${repository}:v1`, null],
    ["sha256:12", `there is no image ${repository}@sha256:12`, null],
    ["v1", `the image ${repository}:v1 is archived`, { status: "ARCHIVED" }],
  ])("is refused when %s is not to be had: %s", async (text, message, image) => {
    const failure = await failureOf(() =>
      existingImage(text, settings, portsWith(registryWith(image)), running),
    )
    expect(failure).toMatchObject({ code: "IMAGE_UNUSABLE", message })
  })
})

describe("a tag of image.tag", () => {
  test.each([
    ["{commit:7}", "commit"],
    ["v{number}", "number"],
  ])("is none when the build has nothing for %s", async (tag, name) => {
    const build = ended("SUCCEEDED", { number: null, commit: null })
    const failure = await failureOf(() =>
      imageOfBuild(build, "production", { ...settings, tag }, portsWith(registryWith({})), running),
    )
    expect(failure).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `build shop:1 has no ${name}, which image.tag names`,
    })
  })
})

describe("an image that is not there yet", () => {
  const [, digest = ""] = newImage.split("@")

  /** A registry to which the image is copied at that time. */
  function copying(atMs: number): Registry {
    return {
      knows: () => true,
      find: async () => (timer.nowMs() < atMs ? null : { digest, pushedAtMs: 0, status: "ACTIVE", tags: [] }),
    }
  }

  const looking: readonly (readonly [
    string,
    (ports: ImagePorts, signal: AbortSignal) => Promise<unknown>,
  ])[] = [
    [
      "of a build",
      (ports, signal) =>
        imageOfBuild(
          ended("SUCCEEDED", { exported: { ENVSEAL_IMAGE: newImage } }),
          "production",
          settings,
          ports,
          signal,
        ),
    ],
    ["of a digest", (ports, signal) => existingImage(digest, settings, ports, signal)],
  ]

  test.each(looking)("%s is asked for again, and found just within the bound", async (_, look) => {
    const found = look(portsWith(copying(replicationMs)), running)
    await timer.pass(replicationMs)
    expect(await found).toMatchObject({ image: newImage })
    expect(said).toEqual([`${newImage} is not there yet; asking again for 120 s`])
  })

  test.each(looking)("%s is given up just after it", async (_, look) => {
    const found = failureOf(() => look(portsWith(copying(replicationMs + 1)), running))
    await timer.pass(2 * replicationMs)
    expect(await found).toMatchObject({ code: "IMAGE_UNUSABLE", message: `there is no image ${newImage}` })
  })

  test("is not waited for when a person names a tag, which may be wrong", async () => {
    const failure = await failureOf(() =>
      existingImage("v1", settings, portsWith(copying(Number.POSITIVE_INFINITY)), running),
    )
    expect(failure.message).toBe(`there is no image ${repository}:v1`)
    expect([timer.nowMs(), said]).toEqual([0, []])
  })

  test("is not waited for any longer once the run is over", async () => {
    const over = new AbortController()
    const found = failureOf(() =>
      existingImage(digest, settings, portsWith(copying(Number.POSITIVE_INFINITY)), over.signal),
    )
    over.abort()
    expect((await found).code).toBe("IMAGE_UNUSABLE")
  })
})

describe("an image in a repository that cannot be asked", () => {
  const silent: Registry = {
    knows: () => false,
    find: async () => {
      throw new Error("it was asked")
    },
  }

  test.each([newImage, newImage.split("@")[1] ?? ""])("is believed by its digest: %s", async (text) => {
    expect(await existingImage(text, settings, portsWith(silent), running)).toMatchObject({ image: newImage })
  })

  test.each(["v1", `${repository}:v1`, "sha256:12"])("is refused as %s", async (text) => {
    const failure = await failureOf(() => existingImage(text, settings, portsWith(silent), running))
    expect(failure).toMatchObject({
      code: "IMAGE_UNUSABLE",
      message: `${repository} is not in Amazon ECR, where alone a tag can be looked up`,
    })
  })
})
