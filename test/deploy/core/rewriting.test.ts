import { describe, expect, test } from "vitest"
import type { Workload } from "../../../src/core/kubernetes.ts"
import type { Happening, View } from "../../../src/deploy/core/event.ts"
import { Course } from "./course.ts"
import {
  deployment,
  newImage,
  nowhere,
  oldImage,
  otherImage,
  pod,
  refused,
  stateIn,
  target,
} from "./scene.ts"

const digestOf = (image: string) => image.slice(image.indexOf("@"))
const mirrored = (image: string) => `mirror.local/shop${digestOf(image)}`
const old = { app: oldImage }

const patched = (did: "patch" | "restore", image: string): Happening => ({
  ...{ type: "patched", did, workload: "deployment/web", before: old, given: { app: image } },
  ...{ changed: true, generation: 2, staleDeadline: null },
})

function view(template: string, pods: string): View {
  return {
    ...nowhere,
    workloads: [deployment(2, {}, template) as Workload],
    pods: ["a", "b"].map((name) => pod(name, { image: pods })),
  }
}

const patching = () => new Course("patching", { targets: [target({ stage: "patching" })] })

describe("behind a webhook that writes other names of images", () => {
  test("pods with the image by the name of a mirror are new ones", () => {
    const course = patching()
      .at(1, patched("patch", newImage))
      .sees(2, view(newImage, mirrored(newImage)))
    expect(course.isGreen).toBe(true)
  })

  test("a workload that has what the server answered to our own change is ours", () => {
    const tagged = "mirror.local/shop:1"
    const course = patching().at(1, patched("patch", tagged)).sees(2, view(tagged, tagged))
    expect(course.isGreen).toBe(true)
    course.at(2.5, { type: "recorded", workload: "deployment/web", failure: null })
    expect(course.at(3, { type: "unlocked", why: null }).told).toMatchObject([
      { workloads: [{ images: { app: tagged }, state: "new" }] },
    ])
  })

  test("a workload that somebody gave another image is still theirs", () => {
    const course = patching()
      .at(1, patched("patch", mirrored(newImage)))
      .sees(2, view(otherImage, otherImage))
    expect(course.state.setback?.failure.code).toBe("SUPERSEDED")
  })

  test("a workload is given back what it had only where it has what the server answered", () => {
    const tagged = "mirror.local/shop:1"
    const course = patching().at(1, patched("patch", tagged))
    const hook = { name: "hook", when: "after", index: 0 } as const
    const { plan } = stateIn("hook")
    const smoke = { ...plan, hooks: { before: [], after: ["smoke"] } }
    const hooking = new Course("hook", { targets: course.state.targets, phase: hook, plan: smoke })
    hooking.at(2, { type: "hook-failed", hook: "smoke", failure: refused, over: true })
    expect(hooking.effects).toContainEqual(
      expect.objectContaining({ do: "restore", from: { app: tagged }, to: old }),
    )
  })

  test("what was given back is proven by the pods of its tag, by whatever name of the registry", () => {
    const wanted = { images: { app: "registry.local/shop:old" }, generation: 2, staleDeadline: null }
    const setback = { failure: refused, trouble: null, clues: null }
    const course = new Course("reverting", { targets: [target({ stage: "back", wanted })], setback })
    course.sees(1, view("registry.local/shop:old", "mirror.local/x/shop:other"))
    expect(course.phase).toBe("reverting")
    course.sees(2, view("registry.local/shop:old", "mirror.local/x/shop:old"))
    expect(course.state.phase).toMatchObject({ ending: { failure: refused } })
  })
})
