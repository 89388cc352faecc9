import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { JsonPatchStep, PodTemplate, Workload } from "../../../src/core/kubernetes.ts"
import { imagePatch } from "../../../src/deploy/core/image-patch.ts"
import { releasesAnnotation } from "../../../src/deploy/core/release.ts"
import { runs } from "../../dotenv/values.ts"
import { cronJob, daemonSet, deployment, statefulSet } from "./scene.ts"

type Tree = Record<string, unknown>

/** RFC 6902, as far as `imagePatch` uses it. @returns `null` when the patch does not hold. */
function apply(workload: Workload, patch: readonly JsonPatchStep[]): unknown {
  const root: Tree = structuredClone({ ...workload })
  for (const { op, path, value } of patch) {
    const keys = path
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    const last = keys.pop() ?? ""
    const parent = keys.reduce<Tree | undefined>((tree, key) => tree?.[key] as Tree | undefined, root)
    if (parent === undefined || (op === "replace" && !(last in parent))) return null
    if (op === "test" && (parent[last] ?? null) !== value) return null
    if (op !== "test") parent[last] = value
  }
  return root
}

interface Parts {
  readonly containers: PodTemplate["spec"]["containers"]
  readonly initContainers: PodTemplate["spec"]["containers"]
  readonly annotations: Readonly<Record<string, string>> | undefined
}

function withParts(workload: Workload, { containers, initContainers, annotations }: Parts): Workload {
  const template = { spec: { containers, initContainers, nodeSelector: { zone: "a" } } }
  const metadata = { ...workload.metadata, ...(annotations === undefined ? {} : { annotations }) }
  switch (workload.kind) {
    case "Deployment":
      return { ...workload, metadata, spec: { ...workload.spec, template } }
    case "StatefulSet":
      return { ...workload, metadata, spec: { ...workload.spec, template } }
    case "DaemonSet":
      return { ...workload, metadata, spec: { ...workload.spec, template } }
    case "CronJob":
      return { ...workload, metadata, spec: { ...workload.spec, jobTemplate: { spec: { template } } } }
  }
}

const kinds = [deployment(), statefulSet(), daemonSet(), cronJob()] as const
const name = fc.constantFrom("app", "web", "migrate", "proxy", "log")
const container = (one: string) =>
  fc.string().map((image) => ({ name: one, image, ports: [{ containerPort: 80 }] }))
const containers = fc.uniqueArray(name, { minLength: 1 }).chain((names) => fc.tuple(...names.map(container)))
/** No API server takes `__proto__`: the name of an annotation begins with a letter or a digit. */
const annotationName = fc
  .oneof(fc.string(), fc.constantFrom("a/b", "~1", "x~/y"))
  .filter((one) => one !== "__proto__")
const annotation = fc.dictionary(annotationName, fc.string(), { noNullPrototype: true })

describe("the patch of a workload's images", () => {
  test("changes the images that were asked for and annotations, and nothing else", () => {
    const input = fc.record({
      workload: fc.constantFrom(...kinds),
      all: containers,
      split: fc.nat(4),
      before: fc.option(annotation, { nil: undefined }),
      to: fc.dictionary(name, fc.string(), { noNullPrototype: true }),
      annotations: annotation,
    })
    fc.assert(
      fc.property(input, ({ workload, all, split, before, to, annotations }) => {
        const parts = {
          containers: all.slice(split),
          initContainers: all.slice(0, split),
          annotations: before,
        }
        const live = withParts(workload, parts)
        const renew = (list: typeof all) => list.map((one) => ({ ...one, image: to[one.name] ?? one.image }))
        const expected = withParts(workload, {
          containers: renew(parts.containers),
          initContainers: renew(parts.initContainers),
          annotations: { ...before, ...annotations },
        })
        expect(apply(live, imagePatch(live, to, annotations))).toEqual(expected)
      }),
      runs(200),
    )
  })

  const live = withParts(deployment(), {
    containers: [
      { name: "app", image: "a" },
      { name: "proxy", image: "p" },
    ],
    initContainers: [],
    annotations: {},
  })

  test("does not hold once somebody else changed the image, or the order", () => {
    const patch = imagePatch(live, { app: "b" }, {})
    expect(apply(live, patch)).not.toBeNull()
    const theirs = { initContainers: [], annotations: {} }
    const changed = withParts(live, { ...theirs, containers: [{ name: "app", image: "c" }] })
    expect(apply(changed, patch)).toBeNull()
    const moved = withParts(live, { ...theirs, containers: [{ name: "sidecar", image: "a" }] })
    expect(apply(moved, patch)).toBeNull()
  })

  test("does not hold once somebody else gave the first annotation", () => {
    const parts = { containers: [{ name: "app", image: "a" }], initContainers: [] }
    const bare = withParts(deployment(), { ...parts, annotations: undefined })
    const patch = imagePatch(bare, { app: "b" }, { ours: "1" })
    expect(apply(bare, patch)).not.toBeNull()
    expect(apply(withParts(bare, { ...parts, annotations: { theirs: "1" } }), patch)).toBeNull()
  })

  test.each([
    ["the first releases", undefined],
    ["other releases", "old"],
  ])("does not hold once somebody else wrote down %s", (_, was) => {
    const parts = { containers: [{ name: "app", image: "a" }], initContainers: [] }
    const given = (releases: string | undefined) =>
      withParts(deployment(), {
        ...parts,
        annotations: { other: "1", ...(releases === undefined ? {} : { [releasesAnnotation]: releases }) },
      })
    // As it is sent: a value that is undefined would be none.
    const steps = imagePatch(given(was), { app: "b" }, { [releasesAnnotation]: "ours" })
    const patch = JSON.parse(JSON.stringify(steps))
    expect(apply(given(was), patch)).not.toBeNull()
    expect(apply(given("theirs"), patch)).toBeNull()
  })

  test("leaves out a container that is not there", () => {
    expect(imagePatch(live, { nobody: "b" }, {})).toEqual([])
  })
})
