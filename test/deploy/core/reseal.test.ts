import { describe, expect, test } from "vitest"
import type { Build } from "../../../src/core/build.ts"
import type { Start } from "../../../src/deploy/core/plan.ts"
import type { Target } from "../../../src/deploy/core/state.ts"
import { Course } from "./course.ts"
import { broken, build, ended, newImage, oldImage, otherImage, plan, release, target } from "./scene.ts"

const commit = "a".repeat(40)
const digest = `sha256:${"0".repeat(64)}`
const reseal: Start = { type: "reseal", build: null, detach: false }
const known = [{ images: { app: oldImage }, commit }]

/** A run that has just got its lock. */
function locked(start: Start = reseal, targets = [target({ releases: known })]): Course {
  return new Course("locking", { plan: plan({ start }), targets, build: null, release: null }).at(0, {
    ...{ type: "locked", renewAfterMs: 20_000 },
  })
}

/** One whose build was found to be done. */
function built(start: Start = reseal): Course {
  const course =
    start.type === "reseal" && start.build === null
      ? locked(start).at(1, { type: "build-started", build: build() })
      : locked(start)
  const { asks } = course.waits(2).state
  return course.at(2, { type: "build-seen", ask: asks, build: ended("SUCCEEDED", { commit }), random: 0.5 })
}

/** One that follows a build of before, without a word of a reseal. */
function followed(change: Partial<Build>, targets?: Target[]): Course {
  const course = locked({ type: "resume", build: "shop:1" }, targets)
  const { asks } = course.waits(2).state
  const seen = ended("SUCCEEDED", { commit, ...change })
  return course.at(2, { type: "build-seen", ask: asks, build: seen, random: 0.5 })
}

const failureOf = ({ state: { phase } }: Course) =>
  "ending" in phase && phase.ending.type === "failed" ? phase.ending.failure : null

test("a run that builds takes no image of a build that reseals, because a variable of the project says so", () => {
  const start: Start = { type: "build", commit, detach: false }
  const course = locked(start).at(1, { type: "build-started", build: build() })
  const { asks } = course.waits(2).state
  const seen = ended("SUCCEEDED", { commit, reseals: digest })
  const failed = course.at(2, { type: "build-seen", ask: asks, build: seen, random: 0.5 })
  expect(failed.done).not.toContain("find-image")
  expect(failureOf(failed)).toMatchObject({ code: "PROJECT_UNUSABLE" })
})

describe("a run that reseals", () => {
  test("starts its build with what runs, at its commit", () => {
    const course = locked()
    expect(course.phase).toBe("starting")
    expect(course.state.origin).toEqual({ digest, commit, code: digest })
  })

  test("starts nothing when there is no one image", () => {
    const course = locked(reseal, [target(), target({ live: { app: otherImage } }, "Deployment", "worker")])
    expect(course.done).not.toContain("start-build")
    expect(failureOf(course)).toMatchObject({ code: "IMAGE_UNUSABLE" })
  })

  test("holds the image against what runs before anything is changed, and takes over its code", () => {
    const course = built().at(3, { type: "image-found", release: { ...release, commit: "b".repeat(40) } })
    expect([course.phase, course.done]).toEqual(["judging", ["prove-resealed"]])
    expect(course.state.release).toBeNull()
    const proven = course.at(4, { type: "resealed" })
    expect([proven.phase, proven.done]).toEqual(["confirming", ["renew-lock"]])
    expect(proven.state.release).toEqual({ ...release, image: newImage, commit, code: digest })
  })

  test("gives its image to a workload only in the place of what was held against it", () => {
    const proven = built().at(3, { type: "image-found", release }).at(4, { type: "resealed" })
    const { asks } = proven.state
    const patching = proven.at(5, { type: "lock-renewed", ask: asks })
    expect(patching.effects).toContainEqual(expect.objectContaining({ do: "patch", only: { app: oldImage } }))
  })

  test("fails when its build gives what runs already, unless it was followed again", () => {
    const same = { ...release, image: oldImage }
    const course = built().at(3, { type: "image-found", release: same })
    expect(course.done).not.toContain("prove-resealed")
    expect(failureOf(course)).toMatchObject({ code: "IMAGE_UNUSABLE" })
    const again = built({ type: "reseal", build: "shop:1", detach: false })
    expect(again.at(3, { type: "image-found", release: same }).phase).toBe("judging")
  })

  test("changes nothing when the image is refused", () => {
    const found = built().at(3, { type: "image-found", release })
    const course = found.at(4, { type: "image-refused", failure: broken })
    expect(course.done).not.toContain("patch")
    expect(failureOf(course)).toEqual(broken)
  })

  test("is refused by the commit that was built before its image is looked at", () => {
    const course = locked().at(1, { type: "build-started", build: build() })
    const other = ended("SUCCEEDED", { commit: "b".repeat(40) })
    const { asks } = course.waits(2).state
    const failed = course.at(2, { type: "build-seen", ask: asks, build: other, random: 0.5 })
    expect(failureOf(failed)).toMatchObject({ code: "IMAGE_UNUSABLE" })
  })

  test("follows a build of before, and holds its image against what runs too", () => {
    const course = built({ type: "reseal", build: "shop:1", detach: false })
    expect(course.state.origin?.digest).toBe(digest)
    expect(course.at(3, { type: "image-found", release }).phase).toBe("judging")
  })

  test("judges a build of before that was started to reseal, also when nobody says so again", () => {
    const course = followed({ reseals: digest })
    expect(course.state.origin).toEqual({ digest, commit, code: digest })
    const found = course.at(3, { type: "image-found", release })
    expect([found.phase, found.done]).toEqual(["judging", ["prove-resealed"]])
  })

  test("follows a build of before that was started to build without judging its image", () => {
    const course = followed({ reseals: null })
    expect(course.state.origin).toBeNull()
    expect(course.at(3, { type: "image-found", release }).phase).toBe("confirming")
  })

  test("does not go on with a build that was started to reseal when there is no one image", () => {
    const course = followed({ reseals: digest }, [
      target(),
      target({ live: { app: otherImage } }, "Deployment", "worker"),
    ])
    expect(failureOf(course)).toMatchObject({ code: "IMAGE_UNUSABLE" })
    expect(course.done).not.toContain("drain-log")
  })

  test("takes for what was resealed what ran before a run that was cut short", () => {
    const half = [{ images: { app: newImage }, proven: false }, ...known]
    const course = followed({ reseals: digest }, [
      target({ live: { app: newImage }, releases: half }),
      target({ releases: known }, "Deployment", "worker"),
    ])
    expect(course.state.origin?.digest).toBe(digest)
  })

  test("can leave its build to itself, and says how to go on when that is not seen", () => {
    const left = locked({ ...reseal, detach: true }).at(1, { type: "build-started", build: build() })
    expect(left.state.phase).toMatchObject({ name: "closing", ending: { type: "detached" } })
    const course = locked().at(1, { type: "build-started", build: build() })
    const { asks } = course.waits(2).state
    const failure = { ...broken, code: "ACCESS_DENIED" as const, hint: undefined }
    const failed = course.at(2, { type: "build-unseen", ask: asks, failure, reason: "final", random: 0.5 })
    expect(failureOf(failed)?.hint).toContain("envseal deploy production --reseal --resume shop:1")
  })
})
