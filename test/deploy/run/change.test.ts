import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import { type Release, unprovenRuns } from "../../../src/deploy/core/release.ts"
import { type Author, giveImages, markProven, takeBack } from "../../../src/deploy/run/change.ts"
import { rehearseChange } from "../../../src/deploy/run/rehearsal.ts"
import type { Cluster } from "../../../src/ports/cluster.ts"
import { deployment, newImage, oldImage, otherImage, template } from "../core/scene.ts"
import { OneDeployment } from "./one-deployment.ts"

const ref = { kind: "Deployment", name: "web" } as const
const release = { image: newImage, build: null, commit: null, secretVersion: null, sealedAt: null }
const author: Author = {
  home: { app: "shop", environment: "production", account: null, region: null, secrets: [] },
  by: "anna@laptop",
  run: "run-2",
  after: null,
  mixed: false,
  unproven: new Set(),
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
    expect(Object.keys(unknown.releases[0] ?? {})).toEqual(["images", "run", "at", "by", "proven"])
  })

  test("goes back to what somebody else gave it just before", async () => {
    const cluster = new OneDeployment(oldImage, [], (self) => {
      self.image = otherImage
    })
    expect(await give(cluster)).toMatchObject({ before: { app: otherImage }, changed: true })
  })

  test("is left alone when somebody gave it another image since it was looked at, and only that may be replaced", async () => {
    const only = { app: oldImage }
    const changed = new OneDeployment(otherImage, [])
    const meanwhile = new OneDeployment(oldImage, [], (self) => {
      self.image = otherImage
    })
    for (const cluster of [changed, meanwhile]) {
      const giving = giveImages(cluster.port, ref, { app: newImage }, release, author, only)
      await expect(giving).rejects.toMatchObject({ code: "SUPERSEDED" })
      expect([cluster.patches, cluster.image]).toEqual([0, otherImage])
    }
    for (const image of [oldImage, newImage]) {
      const cluster = new OneDeployment(image, [])
      await giveImages(cluster.port, ref, { app: newImage }, release, author, only)
      expect(cluster.image).toBe(newImage)
    }
  })

  test("is tried three times while others change it, and not a fourth time", async () => {
    const meddling = (times: number) =>
      Array.from({ length: times }, (_, time) => (self: OneDeployment) => {
        self.image = `${otherImage}${time}`
      })
    const twice = new OneDeployment(oldImage, [], ...meddling(2))
    expect(await give(twice)).toMatchObject({ changed: true })
    const thrice = new OneDeployment(oldImage, [], ...meddling(3))
    await expect(give(thrice)).rejects.toMatchObject({ code: "PATCH_CONFLICT" })
    expect(thrice.patches).toBe(0)
  })

  test("goes back to what it had when the answer to its change was lost", async () => {
    const cluster = new OneDeployment(oldImage, [], (self) => {
      self.image = newImage
    })
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: true })
    expect(cluster.patches).toBe(0)
  })

  test("that this very run gave it, whose answer was lost, goes back to what it found", async () => {
    const cluster = new OneDeployment(newImage, given("run-2"))
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: false })
    expect(cluster.patches).toBe(0)
  })

  test("by another name says what the server answered", async () => {
    const cluster = new OneDeployment(oldImage, [])
    const { patch } = cluster.port
    const mirror = newImage.replace(/^.*@/, "mirror.local/shop@")
    const port = {
      ...cluster.port,
      patch: async (...sent: Parameters<typeof patch>) => {
        await patch(...sent)
        cluster.image = mirror
        return (await cluster.port.read(ref)) ?? deployment()
      },
    }
    const answer = await giveImages(port, ref, { app: newImage }, release, author)
    expect(answer).toMatchObject({ given: { app: mirror }, changed: true })
    // It has that image now, and is given back what it had.
    expect(await giveImages(port, ref, { app: newImage }, release, author)).toMatchObject({ changed: false })
    expect(await takeBack(port, ref, { app: newImage }, { app: oldImage }, null, author)).toMatchObject({
      changed: true,
    })
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

  test.each([
    ["on some workloads alone goes back to what was proven before", { mixed: true }, false, oldImage],
    ["on all workloads is left as it is", { mixed: false }, false, newImage],
    ["on some workloads alone, where it was proven, is left as it is", { mixed: true }, true, newImage],
  ])("that it has already, by a run that left it %s", async (_, change, proven, before) => {
    const [record, ...older] = given("run-1")
    const cluster = new OneDeployment(newImage, record === undefined ? [] : [{ ...record, proven }, ...older])
    expect(await give(cluster, change)).toMatchObject({ before: { app: before }, changed: false })
  })

  test("that somebody else gave it since does not go back to what an unfinished run found", async () => {
    const cluster = new OneDeployment(newImage, [{ images: { app: otherImage }, run: "run-1" }])
    expect(await give(cluster, { after: "run-1" })).toMatchObject({ before: { app: newImage } })
  })
})

describe("a workload whose container has got another name since the check", () => {
  const asked: string[] = []
  const live = deployment()
  const read = async () => ({ ...live, spec: { ...live.spec, template: template({ php: oldImage }) } })
  const patch = async () => {
    asked.push("patch")
    return read()
  }
  const rehearse = async () => {
    throw new EnvsealError("PATCH_CONFLICT", "it is no longer as it was read")
  }
  const cluster = { read, patch, rehearse } as unknown as Cluster
  const gone = {
    code: "WORKLOAD_UNUSABLE",
    message: "deployment/web has no container app any more; it has php",
  }

  test("is given nothing: it would look as if it were done", async () => {
    await expect(giveImages(cluster, ref, { app: newImage }, release, author)).rejects.toMatchObject(gone)
    expect(asked).toEqual([])
  })

  test("is told before a hook runs", async () => {
    const targets = [{ ref, live: { app: oldImage }, releases: [], workload: live }]
    await expect(rehearseChange(targets, release, author, cluster)).rejects.toMatchObject(gone)
    expect(asked).toEqual([])
  })
})

describe("what is known to be good", () => {
  const bad = { images: { app: otherImage }, proven: false }
  const good = { images: { app: oldImage }, proven: true }

  test("is not what was proven on this workload and not on all", async () => {
    const half: Release = { images: { app: otherImage }, run: "run-1", proven: true }
    const cluster = new OneDeployment(otherImage, [half, good])
    const unproven = unprovenRuns([[half], [{ ...half, proven: false }, good]])
    expect(await give(cluster, { unproven })).toMatchObject({ before: { app: oldImage }, changed: true })
    // Its own mark stays.
    expect(cluster.releases[1]).toEqual(half)
    const resumed = new OneDeployment(newImage, [{ images: { app: newImage }, run: "run-2" }, half, good])
    expect(await give(resumed, { unproven })).toMatchObject({ before: { app: oldImage }, changed: false })
  })

  test("is what a workload goes back to when what it has was never proven", async () => {
    const cluster = new OneDeployment(otherImage, [
      bad,
      { images: { app: `${otherImage}9` }, proven: false },
      good,
    ])
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: true })
    expect(
      await takeBack(cluster.port, ref, { app: newImage }, { app: oldImage }, null, author),
    ).toMatchObject({
      changed: true,
    })
    expect(cluster.releases).toEqual([good])
  })

  test.each([
    ["it was proven", [{ ...bad, proven: true }, good], { app: otherImage }],
    ["nobody saw whether it was", [{ images: { app: otherImage } }, good], { app: otherImage }],
    ["nothing before it is", [bad], { app: otherImage }],
    ["that is what it gets", [bad, { images: { app: newImage }, proven: true }], null],
  ])("is what it has, or nothing, when %s", async (_, releases, before) => {
    expect(await give(new OneDeployment(otherImage, releases))).toMatchObject({ before })
  })

  test("is written down where the newest release runs, once", async () => {
    const cluster = new OneDeployment(newImage, [
      { images: { app: newImage }, proven: false, by: "anna" },
      good,
    ])
    await markProven(cluster.port, ref, { app: newImage })
    await markProven(cluster.port, ref, { app: newImage })
    expect([cluster.releases, cluster.patches]).toEqual([
      [{ images: { app: newImage }, proven: true, by: "anna" }, good],
      1,
    ])
  })

  test.each([
    ["somebody else has changed it", otherImage, [{ images: { app: newImage }, proven: false }]],
    ["it has no such mark", newImage, [{ images: { app: newImage } }]],
    ["the newest release is another one", newImage, [bad]],
  ])("is not written down when %s", async (_, image, releases) => {
    const cluster = new OneDeployment(image, releases)
    await markProven(cluster.port, ref, { app: newImage })
    expect([cluster.releases, cluster.patches]).toEqual([releases, 0])
  })
})

describe("a run that goes on with another one's work", () => {
  test("knows what a container ran before that has another name now", async () => {
    const cluster = new OneDeployment(newImage, [
      { images: { web: newImage }, run: "run-2", proven: false },
      { images: { web: oldImage }, proven: true },
    ])
    expect(await give(cluster)).toMatchObject({ before: { app: oldImage }, changed: false })
  })
})

describe("a workload that goes back from what somebody else gave it", () => {
  test("keeps all that is known of the release that it goes to", async () => {
    const known: Release = {
      images: { app: newImage },
      build: "shop:1",
      commit: "c",
      run: "run-1",
      proven: true,
    }
    const cluster = new OneDeployment(otherImage, [known, { images: { app: oldImage } }])
    await giveImages(cluster.port, ref, { app: newImage }, null, author)
    expect(cluster.image).toBe(newImage)
    expect(cluster.releases).toEqual([known, { images: { app: oldImage } }])
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
