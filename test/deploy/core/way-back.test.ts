import { describe, expect, test } from "vitest"
import type { CheckedTarget } from "../../../src/deploy/core/plan.ts"
import { isNamed, type Release } from "../../../src/deploy/core/release.ts"
import { goodBefore, isSameWay, wayBack } from "../../../src/deploy/core/way-back.ts"
import { newImage, oldImage, otherImage, repository } from "./scene.ts"

const build = "shop:3b0e7637-0000-4000-8000-000000000001"
const commit = "1f1f1f1".padEnd(40, "0")
const newest: Release = { images: { app: newImage }, proven: true }
const middle: Release = { images: { app: otherImage }, build, commit, proven: true }
const oldest: Release = { images: { app: oldImage } }

function workload(name: string, live: string, releases: readonly Release[]): CheckedTarget {
  return { ref: { kind: "Deployment", name }, live: { app: live }, releases }
}

const web = workload("web", newImage, [newest, middle, oldest])
const worker = workload("worker", newImage, [newest, middle, oldest])

function way(to: string | null, ...targets: readonly CheckedTarget[]) {
  return wayBack(targets, { environment: "production", to })
}

function goals(to: string | null, ...targets: readonly CheckedTarget[]) {
  const found = way(to, ...targets)
  if (found.type === "none") throw new Error(found.failure.message)
  return found.steps.map(({ workload: text, images }) => `${text} ${images["app"]}`)
}

function refusal(to: string | null, ...targets: readonly CheckedTarget[]) {
  const found = way(to, ...targets)
  return found.type === "none" ? found.failure : null
}

describe("the way back", () => {
  test("says what runs, what was written down of it, and of where it goes", () => {
    expect(way(null, web)).toEqual({
      type: "way",
      steps: [
        {
          workload: "deployment/web",
          from: newest,
          to: middle,
          live: { app: newImage },
          images: { app: otherImage },
        },
      ],
    })
  })

  test("begins at nothing but the images where envseal did not set them", () => {
    const byHand = workload("web", `${repository}:by-hand`, [newest])
    expect(way(null, byHand)).toMatchObject({ steps: [{ from: { images: byHand.live }, to: newest }] })
  })

  test.each([
    ["its digest", `sha256:${"2".repeat(64)}`],
    ["the beginning of its digest", "222222222222"],
    ["its commit's beginning", "1f1f1f1"],
    ["its build", build],
    ["the beginning of its build's own id", "3b0e7637"],
  ])("leads to the release that is named by %s", (_, to) => {
    expect(goals(to, web, worker)).toEqual([
      `deployment/web ${otherImage}`,
      `deployment/worker ${otherImage}`,
    ])
  })

  test("leads over more than one release, and leaves what is there already", () => {
    expect(goals("0000", web, workload("worker", oldImage, [oldest]))).toEqual([`deployment/web ${oldImage}`])
  })

  test.each([
    ["nobody knows it", "abcdef12", "NO_PREVIOUS_RELEASE", "no release abcdef12 is known of production"],
    ["it is too short to be one", "22", "NO_PREVIOUS_RELEASE", "no release 22 is known of production"],
    ["it runs already", "1111", "NO_PREVIOUS_RELEASE", "production runs the release 1111 already"],
  ])("is none to a release when %s", (_, to, code, message) => {
    expect(refusal(to, web)).toMatchObject({
      code,
      message,
      hint: expect.stringContaining("envseal history production"),
    })
  })

  test("is none to a name that several releases have", () => {
    const again: Release = { images: { app: oldImage }, commit }
    expect(refusal("1f1f1f1", workload("web", newImage, [newest, middle, again]))).toMatchObject({
      code: "USAGE",
      message: "1f1f1f1 names 2 releases of production",
    })
  })

  test("is none to a release that was never proven, which can be deployed", () => {
    const bad = { ...middle, proven: false }
    expect(refusal("2222", workload("web", newImage, [newest, bad]))).toMatchObject({
      code: "NO_PREVIOUS_RELEASE",
      hint: `deploy it as a new one: envseal deploy production --image sha256:${"2".repeat(64)}`,
    })
  })

  test("leads to a release that was proven, also when its images were given again and not proven", () => {
    const again = { ...middle, run: "run-9", proven: false }
    const twice = workload("web", newImage, [newest, again, middle])
    expect(way("2222", twice)).toMatchObject({ steps: [{ to: middle }] })
    const running = workload("web", otherImage, [again, newest, middle])
    expect(refusal("2222", running)).toMatchObject({
      message: "production runs the release 2222 already",
    })
  })

  test("is none for all when one workload does not know the release", () => {
    expect(refusal("2222", web, workload("worker", newImage, [newest, oldest]))).toMatchObject({
      code: "NO_PREVIOUS_RELEASE",
      message: "the release 2222 is not known of deployment/worker",
    })
  })

  test("is none when a workload that nobody knows anything of runs something else", () => {
    const unknown = workload("worker", `${repository}:by-hand`, [])
    expect(refusal(null, web, unknown)).toMatchObject({
      message: "no release before the one that runs is known of deployment/worker",
    })
  })

  test("leads all to one release where the proof of a newer one was written down of some alone", () => {
    const unproven = workload("worker", newImage, [newest, { ...middle, proven: false }, oldest])
    const expected = [`deployment/web ${oldImage}`, `deployment/worker ${oldImage}`]
    expect(goals(null, web, unproven)).toEqual(expected)
    expect(goals(null, unproven, web)).toEqual(expected.toReversed())
  })

  test("is none to a release that one run gave, and that is proven on some workloads alone", () => {
    const given = { ...middle, run: "run-1" }
    const young = workload("web", newImage, [newest, given])
    const old = workload("worker", newImage, [newest, { ...given, proven: false }, oldest])
    expect(refusal(null, young, old)).toMatchObject({
      message: "no release before the one that runs is known of deployment/web",
    })
  })

  test("leads each to its own where they have no release before in common", () => {
    const young = workload("worker", newImage, [newest, oldest])
    expect(goals(null, workload("web", newImage, [newest, middle]), young)).toEqual([
      `deployment/web ${otherImage}`,
      `deployment/worker ${oldImage}`,
    ])
  })

  test("is the same from and to the same images alone", () => {
    const of = (...targets: readonly CheckedTarget[]) => {
      const found = way(null, ...targets)
      return found.type === "way" ? found.steps : []
    }
    expect(isSameWay(of(web, worker), of(worker, web))).toBe(true)
    expect(isSameWay(of(web, worker), of(web))).toBe(false)
    expect(isSameWay(of(web), of(workload("web", newImage, [newest, oldest])))).toBe(false)
    expect(isSameWay(of(web), of(workload("web", oldImage, [oldest, middle])))).toBe(false)
  })
})

describe("a release", () => {
  test("is named by the tag of its image, and by that alone of a short one", () => {
    const tagged: Release = { images: { app: `${repository}:v7` } }
    expect([isNamed(tagged, "v7"), isNamed(tagged, "v"), isNamed(tagged, `${repository}:v7`)]).toEqual([
      true,
      false,
      true,
    ])
  })
})

describe("what new images go back to when they fail", () => {
  test("is known of a container that has another name now", () => {
    const bad = { images: { app: otherImage }, proven: false }
    expect(goodBefore({ web: otherImage }, [bad, oldest], { web: newImage })).toEqual({ web: oldImage })
  })
})
