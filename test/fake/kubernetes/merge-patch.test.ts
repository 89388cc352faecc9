import { describe, expect, test } from "vitest"
import { applyMergePatch, applyStrategicPatch } from "./merge-patch.ts"

const app = { name: "app", image: "shop:1", env: ["A"] }
const log = { name: "log", image: "log:1" }
const document = { metadata: { labels: { a: "1", b: "2" } }, spec: { containers: [app, log], args: ["x"] } }

describe("a merge patch", () => {
  test("sets members, removes those that are null, and replaces lists", () => {
    const patch = { metadata: { labels: { a: null, c: "3" } }, spec: { containers: [log] } }
    expect(applyMergePatch(document, patch)).toEqual({
      metadata: { labels: { b: "2", c: "3" } },
      spec: { containers: [log], args: ["x"] },
    })
  })
})

describe("a strategic merge patch", () => {
  test("merges containers by name, as kubectl set image sends it", () => {
    const spec = {
      "$setElementOrder/containers": [{ name: "app" }, { name: "log" }],
      containers: [{ name: "app", image: "shop:2" }],
    }
    expect(applyStrategicPatch(document, { spec })).toEqual({
      ...document,
      spec: { ...document.spec, containers: [{ ...app, image: "shop:2" }, log] },
    })
  })

  test("adds a container of another name, at the front", () => {
    const spec = { containers: [{ name: "aap", image: "shop:2" }] }
    expect(applyStrategicPatch(document, { spec })).toMatchObject({
      spec: { containers: [{ name: "aap", image: "shop:2" }, app, log] },
    })
  })

  test("replaces other lists", () => {
    expect(applyStrategicPatch(document, { spec: { args: ["y"] } })).toMatchObject({ spec: { args: ["y"] } })
  })
})
