import { describe, expect, test } from "vitest"
import { historyOf, type RecordedWorkload } from "../../../src/deploy/core/history.ts"
import type { Release } from "../../../src/deploy/core/release.ts"
import { newImage, oldImage, otherImage } from "./scene.ts"

function given(image: string, run: string, minute: number, more: Partial<Release> = {}): Release {
  return { images: { app: image }, run, at: `2026-01-02T03:0${minute}:00Z`, by: "anna@laptop", ...more }
}

function workload(name: string, image: string, ...releases: readonly Release[]): RecordedWorkload {
  return { workload: name, live: { app: image }, releases }
}

function shown(...workloads: readonly RecordedWorkload[]) {
  return historyOf(workloads).map(({ images, workloads: of, runsOn, proven }) => [
    images["app"],
    of.join(" "),
    runsOn.join(" "),
    proven,
  ])
}

describe("the history of an environment", () => {
  test("has what one run gave to all workloads once, newest first, and says which one runs", () => {
    const first = given(oldImage, "run-1", 1, { proven: true })
    const second = given(newImage, "run-2", 2, { proven: true })
    expect(
      shown(workload("web", newImage, second, first), workload("worker", newImage, second, first)),
    ).toEqual([
      [newImage, "web worker", "web worker", true],
      [oldImage, "web worker", "", true],
    ])
  })

  test("says where each runs after a run that was cut short, and that it is not proven when it is not of all", () => {
    const first = given(oldImage, "run-1", 1, { proven: true })
    const second = given(newImage, "run-2", 2, { proven: true })
    const half = { ...second, proven: false }
    expect(
      shown(
        workload("web", newImage, second, first),
        workload("queue", newImage, half, first),
        workload("worker", oldImage, first),
      ),
    ).toEqual([
      [newImage, "web queue", "web queue", false],
      [oldImage, "web queue worker", "worker", true],
    ])
  })

  test("has what somebody else set on top, and what was there before envseal below, with nothing but images", () => {
    const first = given(newImage, "run-1", 1)
    expect(shown(workload("web", otherImage, first, { images: { app: oldImage } }))).toEqual([
      [otherImage, "web", "web", undefined],
      [newImage, "web", "", undefined],
      [oldImage, "web", "", undefined],
    ])
  })

  test("counts the newest entry of an image as what runs, and keeps an older deploy of it", () => {
    const again = [given(newImage, "run-3", 3), given(oldImage, "run-2", 2), given(newImage, "run-1", 1)]
    expect(shown(workload("web", newImage, ...again)).map(([, , runsOn]) => runsOn)).toEqual(["web", "", ""])
  })

  test("reads what 0.1.0 wrote, which had neither run nor mark: one entry for an image", () => {
    const old = (image: string, minute: number): Release => {
      const { run: _, ...rest } = given(image, "", minute)
      return rest
    }
    expect(
      shown(
        workload("web", newImage, old(newImage, 2), old(oldImage, 1)),
        workload("worker", newImage, old(newImage, 2), old(oldImage, 1)),
      ),
    ).toEqual([
      [newImage, "web worker", "web worker", undefined],
      [oldImage, "web worker", "", undefined],
    ])
  })

  test("is empty where nothing was deployed, and a workload without its container runs none", () => {
    expect(historyOf([])).toEqual([])
    const bare = { workload: "web", live: {}, releases: [given(newImage, "run-1", 1)] }
    expect(shown(bare)).toEqual([[newImage, "web", "", undefined]])
  })
})
