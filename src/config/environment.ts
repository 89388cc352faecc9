import { type WorkloadRef, workloadKinds, workloadText } from "../core/workload.ts"
import { durationMs } from "./leaf.ts"
import type { WrittenEnvironment } from "./schema.ts"
import type {
  BuildSettings,
  ClusterSettings,
  EnvironmentSettings,
  HookSettings,
  ImageSettings,
  RequireSettings,
  RolloutSettings,
  WorkloadSettings,
} from "./settings.ts"

type Written<Name extends keyof WrittenEnvironment> = NonNullable<WrittenEnvironment[Name]>
type WrittenWorkload = Written<"workloads">[number]
type WrittenHook = NonNullable<Written<"hooks">["before"]>[number]

const hourMs = 3_600_000
const tenMinutesMs = 600_000
/** The kubelet probes every 10 seconds where nothing else is said, so each pod is probed once more (docs/deploy.md). */
const settledMs = 10_000

/** What {@link resolveEnvironment} cannot know from the settings of the environment. */
export type Frame = Pick<EnvironmentSettings, "name" | "app" | "place" | "places">

/** Fills in the defaults. */
export function resolveEnvironment(written: WrittenEnvironment, frame: Frame): EnvironmentSettings {
  const { secret } = written
  return {
    ...frame,
    account: written.account ?? null,
    region: written.region ?? null,
    profile: written.profile ?? null,
    secrets: typeof secret === "string" ? [secret] : (secret ?? []),
    require: written.require === undefined ? null : requireOf(written.require),
    setEnv: written.setEnv ?? [],
    recipients: written.recipients ?? [],
    context: written.context ?? { app: frame.app, environment: frame.name },
    kmsKeys: written.kmsKeys ?? [],
    secretKeys: written.secretKeys ?? [],
    roles: { build: written.roles?.build ?? null, pod: written.roles?.pod ?? null },
    build: written.build === undefined ? null : buildOf(written.build),
    image: written.image === undefined ? null : imageOf(written.image),
    cluster: written.cluster === undefined ? null : clusterOf(written.cluster),
    workloads: (written.workloads ?? []).map(workloadOf),
    hooks: {
      before: (written.hooks?.before ?? []).map(hookOf),
      after: (written.hooks?.after ?? []).map(hookOf),
    },
    rollout: rolloutOf(written.rollout),
  }
}

function requireOf(written: Written<"require">): RequireSettings {
  return typeof written === "string"
    ? { file: written, except: [] }
    : { file: written.file, except: written.except ?? [] }
}

function buildOf({ project, source, repository, variables, timeout }: Written<"build">): BuildSettings {
  return {
    project,
    source: source ?? null,
    repository: repository ?? null,
    variables: variables ?? {},
    timeoutMs: timeout === undefined ? hourMs : durationMs(timeout),
  }
}

function imageOf({ repository, variable, tag }: Written<"image">): ImageSettings {
  return { repository, variable: variable ?? "ENVSEAL_IMAGE", tag: tag ?? null }
}

function clusterOf({ eks, context, server, namespace }: Written<"cluster">): ClusterSettings {
  return { eks: eks ?? null, context: context ?? null, server: server ?? null, namespace }
}

function workloadOf(written: WrittenWorkload): WorkloadSettings {
  const all = { containers: null, initContainers: null }
  if (typeof written === "string") return { ...refOf(written), ...all, withoutOpen: [] }
  const { containers, initContainers, withoutOpen = [], ...names } = written
  const [kind = "", name = ""] = Object.entries(names).find(([, value]) => value !== undefined) ?? []
  const ref = refOf(`${kind}/${name}`)
  if (containers === undefined && initContainers === undefined) {
    return { ...ref, ...all, withoutOpen }
  }
  return { ...ref, containers: containers ?? [], initContainers: initContainers ?? [], withoutOpen }
}

/** Reads what the grammar let through. */
function refOf(text: string): WorkloadRef {
  const [kindName = "", name = ""] = text.split("/")
  const kind = workloadKinds.find((known) => known.toLowerCase() === kindName)
  if (kind === undefined) throw new Error("a workload has no known kind")
  return { kind, name }
}

function hookOf({ name, workload, container, keep, command, timeout }: WrittenHook): HookSettings {
  return {
    name,
    workload: refOf(workload),
    container: container ?? null,
    keep: keep ?? [],
    command,
    timeoutMs: timeout === undefined ? tenMinutesMs : durationMs(timeout),
  }
}

function rolloutOf(written: WrittenEnvironment["rollout"]): RolloutSettings {
  const { timeout, settle, rollback } = written ?? {}
  return {
    timeoutMs: timeout === undefined ? tenMinutesMs : durationMs(timeout),
    settleMs: settle === undefined ? settledMs : durationMs(settle),
    rollback: rollback ?? true,
  }
}

/** What is wrong between settings that are each right, by the path of the one to change. */
export function crossFaults({ workloads, hooks }: EnvironmentSettings): { path: string[]; reason: string }[] {
  const texts = workloads.map(workloadText)
  const all = [
    ...hooks.before.map((hook, at) => ({ hook, path: ["hooks", "before", String(at)] })),
    ...hooks.after.map((hook, at) => ({ hook, path: ["hooks", "after", String(at)] })),
  ]
  const names = all.map(({ hook }) => hook.name)
  return [
    ...texts.flatMap((text, at) =>
      texts.indexOf(text) === at
        ? []
        : [{ path: ["workloads", String(at)], reason: `is ${text} again; remove one of the two` }],
    ),
    ...all.flatMap(({ hook, path }, at) => [
      ...(names.indexOf(hook.name) === at
        ? []
        : [{ path: [...path, "name"], reason: `is ${hook.name} again; give each hook its own name` }]),
      ...(texts.includes(workloadText(hook.workload))
        ? []
        : [
            {
              path: [...path, "workload"],
              reason: `is none of workloads; write one of ${texts.join(", ") || "them, once they are there"}`,
            },
          ]),
    ]),
  ]
}
