import { describe, expect, test } from "vitest"
import { passageOf } from "../../../src/deploy/core/passage.ts"
import { newImage, oldImage, otherImage, plan, release, target } from "./scene.ts"

const before = { images: { app: oldImage }, commit: "2e".repeat(20), by: "anna@laptop" }
const web = target({ releases: [before] })
const worker = target(
  { releases: [before], live: { worker: oldImage }, to: { worker: newImage } },
  "Deployment",
  "worker",
)
const back = { type: "back", to: null, agreed: null } as const

describe("from which release to which a run leads", () => {
  test("is what ran, as it was written down, and what is deployed", () => {
    expect(passageOf({ plan: plan(), targets: [web, worker], release: { ...release, commit: "c" } })).toEqual(
      {
        from: before,
        to: { images: { app: newImage, worker: newImage }, build: "shop:1", commit: "c" },
      },
    )
  })

  test("is not known on either side before it is, or where workloads ran different ones", () => {
    expect(passageOf({ plan: plan(), targets: [], release: null })).toEqual({ from: null, to: null })
    const other = target({ live: { app: otherImage } }, "Deployment", "other")
    expect(passageOf({ plan: plan(), targets: [web, other], release: null })).toEqual({
      from: null,
      to: null,
    })
  })

  test("is of a rollback what was written down of the older one", () => {
    const newest = { images: { app: newImage }, build: "shop:2" }
    const one = target({ live: { app: newImage }, to: { app: oldImage }, releases: [newest, before] })
    expect(passageOf({ plan: plan({ start: back }), targets: [one], release: null })).toEqual({
      from: newest,
      to: before,
    })
  })
})
