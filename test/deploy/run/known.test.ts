import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import type { JsonPatchStep } from "../../../src/core/kubernetes.ts"
import type { Images } from "../../../src/core/workload.ts"
import { type Author, giveImages, markProven } from "../../../src/deploy/run/change.ts"
import { KnownWorkloads } from "../../../src/deploy/run/known.ts"
import { rehearseChange } from "../../../src/deploy/run/rehearsal.ts"
import type { Cluster } from "../../../src/ports/cluster.ts"
import { newImage, oldImage, otherImage } from "../core/scene.ts"
import { OneDeployment } from "./one-deployment.ts"

const ref = { kind: "Deployment", name: "web" } as const
const to = { app: newImage }
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
const unproven = { images: to, run: "run-1", proven: false }

/** Gives the image to what was seen before others changed it. */
function giveAfter(cluster: OneDeployment, change: () => void, only: Images | null = null) {
  const known = cluster.object
  change()
  return giveImages(cluster.port, ref, to, release, author, only, known)
}

describe("a workload that is known from the check", () => {
  test("is changed without another look at it", async () => {
    const cluster = new OneDeployment(oldImage, [])
    expect(await giveAfter(cluster, () => {})).toMatchObject({ before: { app: oldImage }, changed: true })
    expect([cluster.reads, cluster.patches, cluster.image]).toEqual([0, 1, newImage])
  })

  test("is read again when somebody gave it another image meanwhile, and goes back to that", async () => {
    const cluster = new OneDeployment(oldImage, [])
    const change = () => {
      cluster.image = otherImage
    }
    expect(await giveAfter(cluster, change)).toMatchObject({ before: { app: otherImage }, changed: true })
    expect([cluster.reads, cluster.patches]).toEqual([1, 1])
  })

  test("keeps what another run wrote down meanwhile", async () => {
    const cluster = new OneDeployment(otherImage, [
      { images: { app: otherImage }, run: "run-1", proven: false },
    ])
    const proven = { images: { app: otherImage }, run: "run-1", proven: true }
    const change = () => {
      cluster.releases = [proven]
    }
    expect(await giveAfter(cluster, change)).toMatchObject({ before: { app: otherImage }, changed: true })
    expect([cluster.reads, cluster.releases[1]]).toEqual([1, proven])
  })

  test("is not taken back when somebody else gave it the same image meanwhile", async () => {
    const cluster = new OneDeployment(oldImage, [])
    const change = () => {
      cluster.image = newImage
    }
    expect(await giveAfter(cluster, change)).toMatchObject({ before: to, changed: false })
    expect([cluster.reads, cluster.patches]).toEqual([1, 0])
  })

  test.each([
    ["it had the image then", newImage, null],
    ["it had not what alone may give way", otherImage, { app: oldImage }],
    ["it had no such container then", "", null],
  ])("is read again when %s", async (_, image, only) => {
    const cluster = new OneDeployment(oldImage, [])
    const { object } = new OneDeployment(image, [])
    const containers = image === "" ? [] : object.spec.template.spec.containers
    const spec = { ...object.spec, template: { ...object.spec.template, spec: { containers } } }
    const known = { ...object, spec }
    await giveImages(cluster.port, ref, to, release, author, only, known)
    expect([cluster.reads, cluster.patches, cluster.image]).toEqual([1, 1, newImage])
  })
})

describe("that a release is proven", () => {
  test("is written down without another look at the workload, as it was when it got the release", async () => {
    const cluster = new OneDeployment(newImage, [unproven])
    await markProven(cluster.port, ref, to, cluster.object)
    expect([cluster.reads, cluster.releases]).toEqual([0, [{ ...unproven, proven: true }]])
  })

  test("is written into what somebody else has written meanwhile", async () => {
    const cluster = new OneDeployment(newImage, [unproven])
    const known = cluster.object
    const before = { images: { app: oldImage }, proven: true }
    cluster.releases = [unproven, before]
    await markProven(cluster.port, ref, to, known)
    expect([cluster.reads, cluster.releases]).toEqual([1, [{ ...unproven, proven: true }, before]])
  })

  test("is not written down for what somebody else gave it meanwhile", async () => {
    const cluster = new OneDeployment(newImage, [unproven])
    const known = cluster.object
    cluster.image = otherImage
    await markProven(cluster.port, ref, to, known)
    expect([cluster.reads, cluster.releases]).toEqual([1, [unproven]])
  })
})

describe("a change that is only tried", () => {
  const tried = async (answers: readonly (EnvsealError | null)[]) => {
    const cluster = new OneDeployment(oldImage, [])
    const asked: (readonly JsonPatchStep[])[] = []
    const rehearse = async (_: unknown, steps: readonly JsonPatchStep[]) => {
      asked.push(steps)
      const answer = answers[asked.length - 1]
      if (answer) throw answer
    }
    const workload = cluster.object
    cluster.image = otherImage
    const targets = [{ ref, live: { app: oldImage }, releases: [], workload }]
    const failure = await rehearseChange(targets, release, author, {
      ...cluster.port,
      rehearse,
    } as Cluster).catch((error: EnvsealError) => error.code)
    const images = asked.map((steps) => steps.find(({ path }) => path.endsWith("/image"))?.value)
    return { reads: cluster.reads, images, failure }
  }
  const conflict = new EnvsealError("PATCH_CONFLICT", "changed")
  const refused = new EnvsealError("PATCH_REFUSED", "no")
  const lost = new EnvsealError("REMOTE_FAILED", "no answer")

  test.each([
    ["is one of what the check found", [null], 0, [oldImage], undefined],
    [
      "is one of what is there now, once that has changed",
      [conflict, null],
      1,
      [oldImage, otherImage],
      undefined,
    ],
    ["is no matter while others are at it", [conflict, conflict], 1, [oldImage, otherImage], undefined],
    ["is refused as what is there now", [refused, refused], 1, [oldImage, otherImage], "PATCH_REFUSED"],
    ["is not tried twice without an answer", [lost], 0, [oldImage], "REMOTE_FAILED"],
  ] as const)("%s", async (_, answers, reads, images, failure) => {
    expect(await tried(answers)).toEqual({ reads, images, failure })
  })
})

test("what the cluster answers last is what is known", async () => {
  const cluster = new OneDeployment(oldImage, [])
  const known = new KnownWorkloads()
  const kept = known.through(cluster.port)
  expect(known.of(ref)).toBeNull()
  expect(await kept.read(ref)).toBe(known.of(ref))
  await giveImages(kept, ref, to, release, author)
  expect(known.of(ref)).toEqual(cluster.object)
})
