import type { Container, NewJob, PodTemplate } from "../../core/kubernetes.ts"
import type { Images } from "../../core/workload.ts"

/** A hook, ready to run. */
export interface HookJob {
  readonly name: string
  /** What it runs for: a second run for the same thing finds the first one's Job. */
  readonly run: string
  readonly container: string
  /** Other containers that run beside it, such as a database's proxy. */
  readonly keep: readonly string[]
  readonly command: readonly string[]
  readonly timeoutMs: number
  /** The new images of the workload whose template it uses. */
  readonly images: Images
}

/** How long a finished Job is kept for people to look at. */
const keptSeconds = 24 * 60 * 60
const maxName = 63

/** Where a Job has what its hook's container ended with, when others in the pod went on. */
export const exitAnnotation = "envseal.dev/exit-status"

/** A DNS label that is the same for the same hook and run, and another one for each attempt of it, from 1. */
export function hookJobName({ name, run }: Pick<HookJob, "name" | "run">, attempt = 1): string {
  const tail = run
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "")
    .slice(-12)
  const again = attempt === 1 ? "" : `-${attempt}`
  const room = maxName - 10 - tail.length - again.length
  return `envseal-${name.slice(0, room)}-${tail}${again}`.replace(/[^a-z0-9-]/g, "-")
}

/**
 * A Job that runs one command as the workload's container would run: same service account, volumes and variables,
 * with the new image. It has none of the workload's labels: no Service sends it requests. Of other containers those that
 * the hook keeps run too, as sidecars that end with it; so do sidecars of the template itself.
 */
export function hookJob(template: PodTemplate, hook: HookJob, attempt = 1): NewJob {
  const labels = { "app.kubernetes.io/managed-by": "envseal", "envseal.dev/hook": hook.name }
  const { containers, initContainers = [], ...spec } = template.spec
  const container = containers.find(({ name }) => name === hook.container)
  return {
    metadata: { name: hookJobName(hook, attempt), labels, annotations: { "envseal.dev/run": hook.run } },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: Math.max(1, Math.ceil(hook.timeoutMs / 1000)),
      ttlSecondsAfterFinished: keptSeconds,
      template: {
        metadata: { labels, annotations: template.metadata?.annotations ?? {} },
        spec: {
          ...spec,
          restartPolicy: "Never",
          initContainers: [
            ...containers.filter(({ name }) => hook.keep.includes(name)).map(asSidecar),
            ...initContainers,
          ].map((one) => withImage(one, hook.images)),
          containers:
            container === undefined ? [] : [runOnce(withImage(container, hook.images), hook.command)],
        },
      },
    },
  }
}

/** A container that starts before the others and ends after them (Kubernetes documentation, "Sidecar Containers"). */
function asSidecar(container: Container): Container {
  return { ...container, restartPolicy: "Always" }
}

function withImage(container: Container, images: Images): Container {
  const image = images[container.name]
  return image === undefined ? container : { ...container, image }
}

/** Parts of a container that make sense only for a long-running one. */
const standing = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "ports"]

/**
 * The image's entrypoint stays, since it opens the configuration (Kubernetes: `args` takes the place of CMD alone). A
 * `command` of the template that is such an entrypoint, `envseal open … --`, stays too; any other gives way.
 */
function runOnce(container: Container, command: readonly string[]): Container {
  const kept = Object.fromEntries(Object.entries(container).filter(([name]) => !standing.includes(name)))
  const entrypoint = openingPart(container["command"])
  const { name, image } = container
  const base = { ...kept, name, ...(image === undefined ? {} : { image }) }
  if (entrypoint !== null) return { ...base, command: entrypoint, args: command }
  return container["command"] === undefined ? { ...base, args: command } : { ...base, command, args: [] }
}

function openingPart(command: unknown): readonly string[] | null {
  if (!Array.isArray(command)) return null
  const words = command.filter((word) => typeof word === "string")
  const end = words.indexOf("--")
  return /(^|\/)envseal$/.test(words[0] ?? "") && end >= 0 ? words.slice(0, end + 1) : null
}
