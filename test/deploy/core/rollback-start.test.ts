import { describe, expect, test } from "vitest"
import type { Images } from "../../../src/core/workload.ts"
import type { BackStep, Start } from "../../../src/deploy/core/plan.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { step } from "../../../src/deploy/core/step.ts"
import { newImage, oldImage, otherImage, plan, stateIn, target } from "./scene.ts"

const start = { type: "back", to: null, agreed: null } as const

/** A workload that has the first of these images, and had the others before. */
function withHistory(name: string, ...images: readonly string[]): Target {
  const releases = images.map((app) => ({ images: { app } }))
  return target({ live: { app: images[0] ?? "" }, releases }, "Deployment", name)
}

function goBack(...targets: readonly Target[]) {
  return beginBack(start, ...targets)
}

function beginBack(how: Start, ...targets: readonly Target[]) {
  const locking = stateIn("locking", { plan: plan({ start: how }), targets, release: null })
  const { state, effects } = step(locking, { type: "locked", renewAfterMs: 10_000, atMs: 1 })
  const given = effects.flatMap((effect): Images[] => (effect.do === "patch" ? [effect.to] : []))
  const told = effects.flatMap((effect) => (effect.do === "tell" ? [effect.progress] : []))
  return { state, told, images: given.map(({ app }) => app) }
}

describe("a rollback", () => {
  test("gives each workload what it ran before", () => {
    const { images } = goBack(withHistory("a", newImage, oldImage), withHistory("b", newImage, otherImage))
    expect(images).toEqual([oldImage, otherImage])
  })

  test("takes along only those that an earlier one which was cut short has left", () => {
    const { images } = goBack(
      withHistory("a", oldImage, otherImage),
      withHistory("b", newImage, oldImage, otherImage),
    )
    expect(images).toEqual([oldImage, oldImage])
  })

  test("takes along only those that a deploy which was cut short has changed", () => {
    const { images } = goBack(withHistory("a", newImage, oldImage), withHistory("b", oldImage, otherImage))
    expect(images).toEqual([oldImage, oldImage])
  })

  test("does not need to know what a workload ran that is back already", () => {
    const { images } = goBack(withHistory("a", oldImage), withHistory("b", newImage, oldImage))
    expect(images).toEqual([oldImage, oldImage])
  })

  const history = [{ images: { app: newImage } }, { images: { app: oldImage } }]

  test.each([
    ["was added", { app: newImage, queue: newImage }],
    ["has another name", { web: newImage }],
  ])("gives a container that %s since the image of the release before", (_, live) => {
    const { state } = goBack(target({ live, releases: history }))
    expect(state.targets[0]?.to).toEqual(
      Object.fromEntries(Object.keys(live).map((name) => [name, oldImage])),
    )
    expect(state.phase.name).toBe("patching")
  })

  test("changes nothing, and says so, when nobody knows what a container ran before", () => {
    const two = { images: { app: oldImage, queue: otherImage } }
    const { state, images } = goBack(
      target({ live: { web: newImage }, releases: [{ images: { web: newImage } }, two] }),
    )
    expect(images).toEqual([])
    expect(state.phase).toMatchObject({ ending: { failure: { code: "NO_PREVIOUS_RELEASE" } } })
  })

  test("passes over releases that have the image that runs", () => {
    const { images } = goBack(withHistory("a", newImage, newImage, oldImage))
    expect(images).toEqual([oldImage])
  })

  test("knows what runs by its digest, by whatever name a mirror gave it", () => {
    const [, digest] = newImage.split("@")
    const live = { app: `mirror.local/shop@${digest}` }
    expect(goBack(target({ live, releases: history })).images).toEqual([oldImage])
  })

  test.each([
    ["has no release before", [withHistory("a", newImage, oldImage), withHistory("b", newImage)]],
    [
      "runs another release, and no release before is common",
      [withHistory("a", newImage, oldImage), withHistory("b", otherImage, `${otherImage}2`)],
    ],
    [
      "has what the other one had before",
      [withHistory("a", newImage, oldImage), withHistory("b", oldImage, newImage)],
    ],
  ])("changes nothing when one workload %s", (_, targets) => {
    const { state, images } = goBack(...targets)
    expect(images).toEqual([])
    expect(state.phase).toMatchObject({ ending: { failure: { code: "NO_PREVIOUS_RELEASE" } } })
  })

  test("tells from where to where each workload goes that moves", () => {
    const { told } = goBack(withHistory("a", oldImage, otherImage), withHistory("b", newImage, oldImage))
    expect(told.find(({ type }) => type === "way-back")).toEqual({
      type: "way-back",
      steps: [
        {
          workload: "deployment/b",
          from: { images: { app: newImage } },
          to: { images: { app: oldImage } },
          live: { app: newImage },
          images: { app: oldImage },
        },
      ],
    })
  })

  test("goes to the release that is named, by whatever way it is named", () => {
    const { images } = beginBack({ ...start, to: "0000" }, withHistory("a", newImage, otherImage, oldImage))
    expect(images).toEqual([oldImage])
  })

  test("goes the way that somebody agreed to, and no other", () => {
    const a = withHistory("a", newImage, oldImage)
    const step: BackStep = {
      workload: "deployment/a",
      from: { images: a.live },
      to: { images: { app: oldImage } },
      live: a.live,
      images: { app: oldImage },
    }
    const same = beginBack({ ...start, agreed: [step] }, a)
    expect(same.images).toEqual([oldImage])
    // It was told before.
    expect(same.told.map(({ type }) => type)).not.toContain("way-back")
    const other = beginBack({ ...start, agreed: [{ ...step, images: { app: otherImage } }] }, a)
    expect(other.images).toEqual([])
    expect(other.state.phase).toMatchObject({ ending: { failure: { code: "SUPERSEDED" } } })
  })
})
