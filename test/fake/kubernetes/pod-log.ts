import { badRequest, notFound } from "./api-error.ts"
import type { Answer, Call } from "./exchange.ts"
import { playOf } from "./play.ts"
import type { ContainerStatus, Pod } from "./pod.ts"
import { resourceNamed } from "./resources.ts"

/** GET of a container's log: what its play writes in each run. @throws ApiError 404, or 400 when there is none */
export function answerPodLog({ cluster, info, request }: Call): Answer {
  const { namespace, name } = info
  const pod = cluster.store.get({ resource: "pods", namespace, name })
  if (pod === null) throw notFound({ ...resourceNamed("pods"), name })
  const status = statusOf(pod, request.query.get("container"))
  const why = whyNoLog(name, status, request.query.get("previous") === "true")
  if (why !== null) throw badRequest(why)
  const lines = playOf(cluster.knobs.plays, status.image).log ?? []
  const tail = request.query.get("tailLines")
  const shown = tail === null ? lines : lines.slice(Math.max(0, lines.length - Number(tail)))
  const text = shown.map((line) => `${line}\n`).join("")
  const limit = request.query.get("limitBytes")
  // The last lines are chosen first, and then cut at their end (Kubernetes API, PodLogOptions `limitBytes`).
  const body = limit === null ? text : Buffer.from(text).subarray(0, Number(limit)).toString()
  return { status: 200, contentType: "text/plain", body }
}

function statusOf({ metadata, spec, status }: Pod, container: string | null): ContainerStatus {
  const main = spec.containers.map((one) => one.name)
  const names = [...(spec.initContainers ?? []).map((one) => one.name), ...main]
  const [only = "", ...others] = main
  if (container === null && others.length > 0) {
    const list = names.join(" ")
    throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${list}]`)
  }
  const name = container ?? only
  if (!names.includes(name)) throw badRequest(`container ${name} is not valid for pod ${metadata.name}`)
  const found = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    (one) => one.name === name,
  )
  if (found === undefined) throw badRequest(`container "${name}" in pod "${metadata.name}" is not available`)
  return found
}

// kubelet `validateContainerLogStatus`.
function whyNoLog(
  pod: string,
  { name, state, lastState }: ContainerStatus,
  previous: boolean,
): string | null {
  const who = `container "${name}" in pod "${pod}"`
  if (previous) return lastState.terminated ? null : `previous terminated ${who} not found`
  if (state.waiting === undefined || lastState.terminated !== undefined) return null
  const { reason } = state.waiting
  if (reason === "ErrImagePull") return `${who} is waiting to start: image can't be pulled`
  if (reason === "ImagePullBackOff") return `${who} is waiting to start: trying and failing to pull image`
  return `${who} is waiting to start: ${reason}`
}
