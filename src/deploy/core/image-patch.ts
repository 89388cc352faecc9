import { type JsonPatchStep, podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { type Images, podSteps } from "../../core/workload.ts"
import { releasesAnnotation } from "./release.ts"

/**
 * The patch that gives containers of a workload other images, race-safe: it holds only while each container still
 * stands where it did, with the image that is to be replaced (RFC 6902, "test").
 *
 * @param to images by container; one whose container is not there is left out.
 * @param annotations to set on the workload itself; no pod is replaced for them. The one with its releases is written on
 * from what is in it: what somebody else has written there meanwhile is not overwritten either.
 */
export function imagePatch(
  workload: Workload,
  to: Images,
  annotations: Readonly<Record<string, string>>,
): readonly JsonPatchStep[] {
  const base = `/${podSteps(workload.kind).join("/")}`
  const { containers, initContainers = [] } = podTemplateOf(workload).spec
  const steps = (list: "containers" | "initContainers", all: typeof containers) =>
    all.flatMap(({ name, image }, index): JsonPatchStep[] => {
      const next = to[name]
      if (next === undefined) return []
      const path = `${base}/${list}/${index}`
      return [
        { op: "test", path: `${path}/name`, value: name },
        { op: "test", path: `${path}/image`, value: image },
        { op: "replace", path: `${path}/image`, value: next },
      ]
    })
  return [
    ...steps("containers", containers),
    ...steps("initContainers", initContainers),
    ...annotationSteps(workload, annotations),
  ]
}

function annotationSteps(
  { metadata }: Workload,
  annotations: Readonly<Record<string, string>>,
): readonly JsonPatchStep[] {
  if (metadata.annotations === undefined) {
    return [
      // An `add` would replace annotations that somebody has added meanwhile. A missing value passes a test for null.
      { op: "test", path: "/metadata/annotations", value: null },
      { op: "add", path: "/metadata/annotations", value: annotations },
    ]
  }
  const { annotations: has } = metadata
  return Object.entries(annotations).flatMap(([name, value]): JsonPatchStep[] => {
    const path = `/metadata/annotations/${escapePointer(name)}`
    const add = { op: "add", path, value } as const
    return name === releasesAnnotation ? [{ op: "test", path, value: has[name] ?? null }, add] : [add]
  })
}

/** A name as a part of a JSON pointer (RFC 6901, section 3). */
function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1")
}
