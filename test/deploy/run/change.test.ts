import { describe, expect, test } from "vitest"
import type { Release } from "../../../src/deploy/core/release.ts"
import { type Author, giveImages, takeBack } from "../../../src/deploy/run/change.ts"
import { newImage, oldImage, otherImage } from "../core/scene.ts"
import { OneDeployment } from "./one-deployment.ts"

const ref = { kind: "Deployment", name: "web" } as const
const release = { image: newImage, build: null, commit: null, secretVersion: null, sealedAt: null }
const author: Author = {
  environment: "production",
  by: "anna@laptop",
  run: "run-2",
  after: null,
  now: new Date(0),
}

const given = (run: string): readonly Release[] => [
  { images: { app: newImage }, run },
  { images: { app: oldImage } },
]

const give = (cluster: OneDeployment, change: Partial<Author> = {}) =>
  giveImages(cluster.port, ref, { app: newImage }, release, { ...author, ...change })

describe("a workload that is given an image", () => {
  test("says which run gave it, and what ran before", async () => {
    const cluster = new OneDeployment(oldImage, [])
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: true })
    expect(cluster.releases).toMatchObject([
      { images: { app: newImage }, run: "run-2", by: "anna@laptop" },
      { images: { app: oldImage } },
    ])
  })

  test("says what is sealed in its image, and when, where that is known", async () => {
    const cluster = new OneDeployment(oldImage, [])
    const sealed = { ...release, secretVersion: "v1", sealedAt: "2026-01-02T03:04:05.678Z" }
    await giveImages(cluster.port, ref, { app: newImage }, sealed, author)
    expect(cluster.releases[0]).toMatchObject({ secretVersion: "v1", sealedAt: "2026-01-02T03:04:05.678Z" })
    const unknown = new OneDeployment(oldImage, [])
    await give(unknown)
    expect(Object.keys(unknown.releases[0] ?? {})).toEqual(["images", "run", "at", "by"])
  })

  test("goes back to what somebody else gave it just before", async () => {
    const cluster = new OneDeployment(oldImage, [], (self) => {
      self.image = otherImage
    })
    expect(await give(cluster)).toMatchObject({ before: { app: otherImage }, changed: true })
  })

  test("goes back to what it had when the answer to its change was lost", async () => {
    const cluster = new OneDeployment(oldImage, [], (self) => {
      self.image = newImage
    })
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: true })
    expect(cluster.patches).toBe(0)
  })

  test("that it has already, by a run that ended, is left as it is", async () => {
    const cluster = new OneDeployment(newImage, given("run-1"))
    expect(await give(cluster)).toMatchObject({ before: { app: newImage }, changed: false })
    expect(await give(cluster, { after: "run-0" })).toMatchObject({ before: { app: newImage } })
    expect(cluster.patches).toBe(0)
  })

  test("that it has already, by the run that had the lock before, goes back to what that run found", async () => {
    const cluster = new OneDeployment(newImage, given("run-1"))
    expect(await give(cluster, { after: "run-1" })).toMatchObject({
      before: { app: oldImage },
      changed: false,
    })
    // A third run finds the second one's name there.
    expect(cluster.releases).toMatchObject(given("run-2"))
  })

  test("that somebody else gave it since does not go back to what an unfinished run found", async () => {
    const cluster = new OneDeployment(newImage, [{ images: { app: otherImage }, run: "run-1" }])
    expect(await give(cluster, { after: "run-1" })).toMatchObject({ before: { app: newImage } })
  })
})

describe("a workload that is given back what it had", () => {
  const back = (cluster: OneDeployment) =>
    takeBack(cluster.port, ref, { app: newImage }, { app: oldImage }, null, author)

  test("loses the entry of the release that failed", async () => {
    const cluster = new OneDeployment(newImage, given("run-1"))
    expect(await back(cluster)).toMatchObject({ changed: true })
    expect([cluster.image, cluster.releases]).toEqual([oldImage, [{ images: { app: oldImage } }]])
  })

  test("is left alone when somebody else changes it, also while it is changed", async () => {
    const meddle = (self: OneDeployment) => {
      self.image = otherImage
    }
    for (const cluster of [
      new OneDeployment(otherImage, []),
      new OneDeployment(newImage, given("run-1"), meddle),
    ]) {
      await expect(back(cluster)).rejects.toMatchObject({ code: "SUPERSEDED" })
      expect([cluster.image, cluster.patches]).toEqual([otherImage, 0])
    }
  })
})
