import { constants, hostname, userInfo } from "node:os"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"
import { type ConfigOption, settingsNamed } from "../../cli/settings.ts"
import { demand, type With } from "../../config/demand.ts"
import { shellWord } from "../../core/shell.ts"
import type { Start } from "../core/plan.ts"
import type { DeployState } from "../core/state.ts"
import type { DeployPorts } from "../run/ports.ts"
import type { DeployView } from "../view/deploy-view.ts"

/** What `deploy` and `rollback` take. */
export interface RunOptions extends CommonOptions, ConfigOption {
  readonly rollback: boolean
  readonly breakLock: boolean
  readonly stall?: number
  readonly poll?: number
  readonly logs?: "full" | "tail" | "none"
}

/** A build whose commit is not resolved yet. */
export interface RequestedBuild {
  readonly type: "source"
  /** A branch, tag or commit; `null` for the configured one. */
  readonly source: string | null
  readonly detach: boolean
}

type Settings = With<"image" | "cluster" | "workloads">

/**
 * Runs a deploy of an environment to its end, for a person or a program to see.
 *
 * @returns the exit status of an end that is no failure.
 * @throws EnvsealError for one that is.
 */
export async function runOnEnvironment(
  environment: string,
  options: RunOptions,
  wanted: Start | RequestedBuild,
): Promise<number> {
  const found = await settingsNamed(environment, options)
  const purpose = wanted.type === "back" ? "envseal rollback" : "envseal deploy"
  const settings = demand(found, ["image", "cluster", "workloads"], purpose)
  if (wanted.type === "source" || wanted.type === "resume") demand(settings, ["build"], purpose)
  const { makeDeployPorts } = await import("../../cli/wiring/deploy.ts")
  const view = await viewFor(settings, options)
  const ports = await makeDeployPorts(settings, logBeside(view, options))
  const start = wanted.type === "source" ? await startOf(wanted, settings, ports) : wanted
  return statusOf(await deploy(settings, start, options, ports, view))
}

async function viewFor(settings: Settings, options: RunOptions): Promise<DeployView> {
  const { viewOf } = await import("../view/view.ts")
  const { json = false, quiet, logs = null } = options
  const kubectl = kubectlOf(settings.cluster)
  return viewOf({ environment: settings.name, kubectl, json, quiet, logs })
}

/** How kubectl reaches the namespace of the settings. */
function kubectlOf({ context, namespace }: Settings["cluster"]): string {
  const words = [...(context === null ? [] : ["--context", context]), "--namespace", namespace]
  return ["kubectl", ...words.map(shellWord)].join(" ")
}

/** A message must not land inside the drawn frame. */
function logBeside(view: DeployView, options: RunOptions): CommandLog {
  const log = makeLog(options)
  const beside = (tell: (text: string) => void) => (text: string) => {
    view.clear()
    tell(text)
  }
  return { note: beside(log.note), warn: beside(log.warn), debug: beside(log.debug) }
}

async function startOf(
  { source, detach }: RequestedBuild,
  settings: Settings,
  ports: DeployPorts,
): Promise<Start> {
  const { resolveCommit } = await import("../run/request.ts")
  const { build } = settings
  const commit = await resolveCommit(
    source ?? build?.source ?? null,
    build?.repository ?? null,
    ports.repository,
  )
  return { type: "build", commit, detach }
}

async function deploy(
  settings: Settings,
  start: Start,
  options: RunOptions,
  ports: DeployPorts,
  view: DeployView,
): Promise<DeployState> {
  const [{ runDeploy }, { planOf, scopeOf }, { takeSignals }] = await Promise.all([
    import("../run/run.ts"),
    import("../run/request.ts"),
    import("../../adapters/node/interrupts.ts"),
  ])
  const stalled = options.stall === undefined ? settings : withStall(settings, options.stall)
  const plan = planOf(stalled, { start, pollMs: options.poll ?? null, keep: !options.rollback })
  const scope = scopeOf(settings)
  const token = crypto.randomUUID()
  const by = `${userInfo().username}@${hostname()}`
  const lock = { name: scope.lease, holder: `${by} ${token}`, force: options.breakLock }
  try {
    return await runDeploy({ plan, settings: stalled, scope, by, token }, lock, ports, view, {
      listen: takeSignals,
    })
  } finally {
    view.end()
  }
}

function withStall(settings: Settings, timeoutMs: number): Settings {
  return { ...settings, rollout: { ...settings.rollout, timeoutMs } }
}

async function statusOf({ phase }: DeployState): Promise<number> {
  if (phase.name !== "ended") throw new Error("a run that ends has ended")
  const { ending } = phase
  switch (ending.type) {
    case "deployed":
    case "detached":
      return 0
    case "interrupted":
      return 128 + constants.signals[ending.signal]
    case "failed": {
      const { errorOf } = await import("../run/failure.ts")
      throw errorOf(ending.failure)
    }
  }
}
