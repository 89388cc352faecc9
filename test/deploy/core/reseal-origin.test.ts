import { describe, expect, test } from "vitest"
import type { CheckedTarget } from "../../../src/deploy/core/plan.ts"
import { resealOrigin } from "../../../src/deploy/core/reseal-origin.ts"
import { newImage, oldImage, otherImage, repository } from "./scene.ts"

const commit = "1f".repeat(20)
const digest = (image: string) => image.split("@")[1] ?? ""

const target = (name: string, part: Partial<CheckedTarget> = {}): CheckedTarget => ({
  ref: { kind: "Deployment", name },
  live: { app: oldImage },
  releases: [],
  ...part,
})

const originOf = (targets: readonly CheckedTarget[], resumed = false) =>
  resealOrigin(targets, "production", resumed)

describe("what is resealed", () => {
  test("is the one image of all workloads, with the commit that is written down of it", () => {
    const releases = [{ images: { app: oldImage } }, { images: { app: oldImage }, commit }]
    expect(originOf([target("web"), target("worker", { releases })])).toEqual({
      type: "origin",
      origin: { digest: digest(oldImage), commit, code: digest(oldImage) },
    })
  })

  test("is one image by whatever name, in several containers too", () => {
    const mirror = `mirror.example.com/shop@${digest(oldImage)}`
    const found = originOf([target("web", { live: { app: oldImage, init: mirror } })])
    expect(found).toMatchObject({ origin: { digest: digest(oldImage), commit: null } })
  })

  test("has the code of the image that was built, however often it was resealed", () => {
    const releases = [{ images: { app: newImage }, code: digest(otherImage), commit: "unknown" }]
    expect(originOf([target("web", { live: { app: newImage }, releases })])).toEqual({
      type: "origin",
      origin: { digest: digest(newImage), commit: null, code: digest(otherImage) },
    })
  })

  test("has its own code where something else than a digest is written down", () => {
    const releases = [{ images: { app: oldImage }, code: "none", commit: "--upload-pack=evil" }]
    expect(originOf([target("web", { releases })])).toMatchObject({
      origin: { commit: null, code: digest(oldImage) },
    })
  })

  test.each<[string, readonly CheckedTarget[], string]>([
    [
      "workloads run different images",
      [target("web"), target("worker", { live: { app: newImage } })],
      "deployment/web has sha256:000000000000; deployment/worker has sha256:111111111111",
    ],
    [
      "two containers of one workload do",
      [target("web", { live: { app: oldImage, nginx: newImage } })],
      "there is no one image to reseal",
    ],
    [
      "the image is named by a tag",
      [target("web", { live: { app: `${repository}:latest` } })],
      "latest runs, whose digest is not written down",
    ],
  ])("is nothing when %s", (_, targets, message) => {
    expect(originOf(targets)).toMatchObject({
      type: "none",
      failure: { code: "IMAGE_UNUSABLE", message: expect.stringContaining(message) },
    })
  })

  test("is of a run that is resumed what was there before its image, which is not proven yet", () => {
    const begun = target("worker", {
      live: { app: newImage },
      releases: [
        { images: { app: newImage }, proven: false },
        { images: { app: oldImage }, commit },
      ],
    })
    expect(originOf([target("web"), begun], true)).toMatchObject({
      origin: { digest: digest(oldImage), commit },
    })
    expect(originOf([target("web"), begun])).toMatchObject({ type: "none" })
  })
})
