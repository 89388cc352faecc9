import { type Play, plays, signOf } from "./plays.ts"
import { type Scene, scenes } from "./scenes.ts"
import { doneTemplate, sceneCondition, statusTemplate } from "./status-template.ts"

/** An object of kwok's configuration (kwok.x-k8s.io/v1alpha1). */
export type KwokObject = Readonly<Record<string, unknown>>

interface Condition {
  readonly key: string
  readonly operator: "In" | "Exists" | "DoesNotExist"
  readonly values?: readonly string[]
}

const otherPlays = plays.filter((play) => play !== "ready")
const signList = otherPlays.map((play) => `"${signOf(play)}"`).join(", ")
const images = "(.spec.initContainers[]?, .spec.containers[]).image"
// The first container that does not play `ready` speaks for the pod.
const sign =
  `[${images} | capture("@sha256:(?<sign>[0-9a-f]{8})").sign | select(IN(${signList}))]` +
  `[0] // "${signOf("ready")}"`
const sceneName = `.status.conditions[]? | select(.type == "${sceneCondition}") | .reason`
const alive: Condition = {
  key: 'select(.metadata.deletionTimestamp == null and (.status.phase | IN("Pending", "Running")))',
  operator: "Exists",
}

/** Every stage that kwok plays: nodes that are ready at once, and pods by their image's play. */
export function stages(): readonly KwokObject[] {
  const ofPlays = plays.flatMap((play) => scenes[play].map((scene) => sceneStage(play, scene)))
  return [nodeReady, ...ofPlays, jobDone, podGone]
}

function sceneStage(play: Play, scene: Scene): KwokObject {
  const { name, after, delayMs, when, event } = scene
  const selector: readonly Condition[] = [
    alive,
    { key: sign, operator: "In", values: [signOf(play)] },
    after.length === 0
      ? { key: sceneName, operator: "DoesNotExist" }
      : { key: sceneName, operator: "In", values: after },
    ...(when === undefined
      ? []
      : [{ key: `.metadata.annotations["${when.annotation}"]`, operator: "In", values: [when.is] } as const]),
  ]
  return stage("Pod", `${play}-${name}`, selector, delayMs, {
    statusTemplate: statusTemplate(signOf(play), scene),
    ...(event === undefined ? {} : { event: { type: "Warning", ...event } }),
  })
}

function stage(
  kind: "Pod" | "Node",
  name: string,
  matchExpressions: readonly Condition[],
  [least, most]: readonly [number, number],
  next: Readonly<Record<string, unknown>>,
): KwokObject {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name: name.toLowerCase() },
    spec: {
      resourceRef: { apiGroup: "v1", kind },
      selector: { matchExpressions },
      delay: { durationMilliseconds: least, jitterDurationMilliseconds: most },
      next,
    },
  }
}

const nodeReady = stage(
  "Node",
  "node-ready",
  [{ key: '.status.conditions[]? | select(.type == "Ready") | .status', operator: "DoesNotExist" }],
  [0, 0],
  {
    statusTemplate: `
conditions:
{{ range NodeConditions }}
- {type: {{ .type }}, status: {{ .status | Quote }}, reason: {{ .reason }}, message: {{ .message | Quote }},
   lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ Now | Quote }}}
{{ end }}
addresses: [{type: InternalIP, address: {{ NodeIP | Quote }}}]
daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
capacity: {cpu: "64", memory: 256Gi, pods: "250"}
allocatable: {cpu: "64", memory: 256Gi, pods: "250"}
`,
  },
)

/** A Job's pod ends when its containers would have become ready. */
const jobDone = stage(
  "Pod",
  "job-done",
  [
    alive,
    { key: ".metadata.ownerReferences[]?.kind", operator: "In", values: ["Job"] },
    { key: sceneName, operator: "In", values: ["Started"] },
  ],
  [500, 1_000],
  { statusTemplate: doneTemplate },
)

const podGone = stage(
  "Pod",
  "pod-gone",
  [{ key: ".metadata.deletionTimestamp", operator: "Exists" }],
  [100, 700],
  { delete: true },
)
