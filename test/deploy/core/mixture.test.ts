import { describe, expect, test } from "vitest"
import { mixtureWarning } from "../../../src/deploy/core/mixture.ts"
import type { CheckedTarget } from "../../../src/deploy/core/plan.ts"
import { newImage, oldImage } from "./scene.ts"

const target = (name: string, image: string, proven?: boolean): CheckedTarget => ({
  ref: { kind: "Deployment", name },
  live: { app: image },
  releases: proven === undefined ? [] : [{ images: { app: image }, proven }],
})

describe("workloads of different releases", () => {
  test("are named with what each has, and how the run ends that", () => {
    const halves = [target("web", newImage, false), target("worker", oldImage, true), target("api", oldImage)]
    const said = `the workloads run different releases: deployment/web has sha256:${"1".repeat(12)}, never proven; deployment/worker has sha256:${"0".repeat(12)}; deployment/api has sha256:${"0".repeat(12)}.`
    expect(mixtureWarning(halves, "build")).toBe(
      `${said} This run gives all of them one, or, when that fails, what was proven last`,
    )
    expect(mixtureWarning(halves, "back")).toBe(`${said} This run takes all of them to one before`)
  })

  test("are none when all run the same, by whatever name", () => {
    const mirrored = `mirror.local/shop@${newImage.split("@")[1]}`
    expect(mixtureWarning([target("web", newImage), target("worker", mirrored)], "build")).toBeNull()
  })
})
