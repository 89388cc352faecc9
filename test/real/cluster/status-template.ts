import type { Exit, Scene, State } from "./scenes.ts"

/** The condition of a pod that remembers its scene. */
export const sceneCondition = "envseal.dev/scene"

type Shown = Pick<Scene, "name" | "after" | "phase" | "state" | "lastExit" | "ready" | "restarts" | "initToo">
type StatusList = "initContainerStatuses" | "containerStatuses"

interface ContainerText {
  readonly ready: boolean
  readonly state: string
  readonly lastState?: string
  readonly restartCount?: string
}

const now = "{{ Now | Quote }}"
const completed = exitText({ kind: "terminated", exitCode: 0, reason: "Completed" })
const running = `{running: {startedAt: ${now}}}`
const initializing = "{waiting: {reason: PodInitializing}}"

/**
 * The Go template by which kwok makes the status of a pod in a scene: YAML, written in flow style so that nothing
 * hangs on indentation.
 *
 * @param sign the first digits of the digests that the scene is about.
 */
export function statusTemplate(sign: string, scene: Shown): string {
  const isActor = `contains "@sha256:${sign}" $item.image`
  return `
{{ $root := . }}
{{ $isHeldUp := false }}
phase: ${phaseText(scene)}
startTime: {{ or .status.startTime Now | Quote }}
initContainerStatuses:
{{ range $index, $item := .spec.initContainers }}
{{ if $isHeldUp }}
${containerText({ ready: false, state: initializing })}
{{ else if and ${scene.initToo === true} (${isActor}) }}
{{ $isHeldUp = true }}
${containerText(actor("initContainerStatuses", scene))}
{{ else }}
${containerText({ ready: true, state: completed })}
{{ end }}
{{ end }}
containerStatuses:
{{ range $index, $item := .spec.containers }}
{{ if $isHeldUp }}
${containerText({ ready: false, state: initializing })}
{{ else if ${isActor} }}
${containerText(actor("containerStatuses", scene))}
{{ else }}
${containerText({ ready: true, state: running })}
{{ end }}
{{ end }}
conditions:
- ${conditionText("Initialized", "{{ if $isHeldUp }}False{{ else }}True{{ end }}")}
- ${conditionText("Ready", scene.ready ? "True" : "False")}
- ${conditionText("ContainersReady", scene.ready ? "True" : "False")}
- ${conditionText(sceneCondition, "True", scene.name)}
`
}

/** The status of a pod whose containers have all done their work. */
export const doneTemplate = `
phase: Succeeded
containerStatuses:
{{ range $index, $item := .spec.containers }}
${containerText({ ready: false, state: completed })}
{{ end }}
conditions:
- ${conditionText("Ready", "False", "PodCompleted")}
- ${conditionText("ContainersReady", "False", "PodCompleted")}
`

/** A container that may not be started again takes its pod along when it fails. */
function phaseText({ phase, state }: Shown): string {
  if (state.kind !== "terminated") return phase
  return `{{ if eq .spec.restartPolicy "Never" }}Failed{{ else }}${phase}{{ end }}`
}

function actor(list: StatusList, { after, state, lastExit, ready, restarts }: Shown): ContainerText {
  const before = `(index $root.status.${list} $index).restartCount`
  return {
    ready,
    state: stateText(state),
    ...(lastExit === undefined ? {} : { lastState: exitText(lastExit) }),
    ...(after.length === 0 ? {} : { restartCount: `{{ add ${before} ${restarts === true ? 1 : 0} }}` }),
  }
}

function containerText({ ready, state, lastState = "{}", restartCount = "0" }: ContainerText): string {
  return (
    "- {name: {{ $item.name | Quote }}, image: {{ $item.image | Quote }}, imageID: {{ $item.image | Quote }}, " +
    `ready: ${ready}, started: ${ready}, restartCount: ${restartCount}, state: ${state}, lastState: ${lastState}}`
  )
}

function stateText(state: State): string {
  if (state.kind === "running") return running
  if (state.kind === "terminated") return exitText(state)
  return JSON.stringify({ waiting: { reason: state.reason, message: state.message } })
}

function exitText({ exitCode, reason, message = "" }: Exit): string {
  const fields = `exitCode: ${exitCode}, reason: ${reason}, message: ${JSON.stringify(message)}`
  return `{terminated: {${fields}, startedAt: ${now}, finishedAt: ${now}}}`
}

function conditionText(type: string, status: string, reason = ""): string {
  return `{type: ${type}, status: "${status}", reason: "${reason}", lastTransitionTime: ${now}}`
}
