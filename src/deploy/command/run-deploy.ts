import { constants } from "node:os"
import { type CommandLog, makeLog } from "../../cli/log.ts"
import type { CommonOptions } from "../../cli/options.ts"
import { type ConfigOption, settingsNamed } from "../../cli/settings.ts"
import { demand, type With } from "../../config/demand.ts"
import { shellWord } from "../../core/shell.ts"
import type { Start } from "../core/plan.ts"
import type { DeployState } from "../core/state.ts"
import type { Run } from "../run/performer.ts"
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

/** A rollback, before anybody agreed to its way. */
export interface RequestedBack {
  readonly type: "back"
  /** What names the release; `null` for the one before. */
  readonly to: string | null
  /** Whether somebody at a terminal is asked first. */
  readonly asks: boolean
}

/** What a run is asked to do, before anything is looked at. */
export type RequestedStart = Exclude<Start, { type: "build" | "back" }> | RequestedBuild | RequestedBack

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
  wanted: RequestedStart,
): Promise<number> {
  const settings = await settingsFor(environment, options, wanted)
  const { makeDeployPorts } = await import("../../cli/wiring/deploy.ts")
  const view = await viewFor(settings, options, wanted)
  const ports = await makeDeployPorts(settings, logBeside(view, options))
  const runOf = (start: Start) => makeRun(settings, start, options, ports)
  switch (wanted.type) {
    case "source":
      return deploy(await runOf(await resolveStart(wanted, settings, ports)), options, ports, view)
    case "back": {
      const start = { type: "back", to: wanted.to, agreed: null } as const
      const { askWay } = await import("./way-question.ts")
      const answer = await askWay(await runOf(start), { ...options, asks: wanted.asks }, ports)
      if (answer.type === "no") return answer.status
      return deploy(await runOf({ ...start, agreed: answer.agreed }), options, ports, view)
    }
    default:
      return deploy(await runOf(wanted), options, ports, view)
  }
}

/** The settings of an environment, with all that a run of this kind needs. @throws EnvsealError */
export async function settingsFor(
  environment: string,
  options: ConfigOption,
  { type }: Pick<RequestedStart, "type">,
): Promise<Settings> {
  const found = await settingsNamed(environment, options)
  const purpose = type === "back" ? "envseal rollback" : "envseal deploy"
  const settings = demand(found, ["image", "cluster", "workloads"], purpose)
  if (type === "source" || type === "resume" || type === "reseal") demand(settings, ["build"], purpose)
  return settings
}

async function viewFor(
  settings: Settings,
  options: RunOptions,
  { type }: RequestedStart,
): Promise<DeployView> {
  const [{ viewOf }, { here }] = await Promise.all([import("../view/view.ts"), import("../../cli/here.ts")])
  const { json = false, quiet, logs = null } = options
  const kubectl = kubectlOf(settings.cluster)
  const scene = { environment: settings.name, kubectl, reseals: type === "reseal" }
  return viewOf({ ...scene, here, json, quiet, logs })
}

/** How kubectl reaches the namespace of the settings. */
function kubectlOf({ context, namespace }: Settings["cluster"]): string {
  const words = [...(context === null ? [] : ["--context", context]), "--namespace", namespace]
  return ["kubectl", ...words.map(shellWord)].join(" ")
}

/** A message must not land inside the drawn frame. What a second check warns of again is said once. */
function logBeside(view: DeployView, options: RunOptions): CommandLog {
  const log = makeLog(options)
  const said = new Set<string>()
  const beside = (tell: (text: string) => void) => (text: string) => {
    view.clear()
    tell(text)
  }
  const once = (tell: (text: string) => void) => (text: string) => {
    if (!said.has(text)) tell(text)
    said.add(text)
  }
  return { note: beside(log.note), warn: once(beside(log.warn)), debug: beside(log.debug) }
}

/** What is built, once its commit is known. @throws EnvsealError `COMMIT_UNKNOWN`. */
export async function resolveStart(
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

/** A run that has not begun. */
export async function makeRun(
  settings: Settings,
  start: Start,
  options: RunOptions,
  { account }: Pick<DeployPorts, "account">,
): Promise<Run> {
  const [{ planOf, scopeOf }, { authorOf }, { machineOf }] = await Promise.all([
    import("../run/request.ts"),
    import("../run/author.ts"),
    import("./machine.ts"),
  ])
  const stalled = options.stall === undefined ? settings : withStall(settings, options.stall)
  const plan = planOf(stalled, { start, pollMs: options.poll ?? null, keep: !options.rollback })
  const by = await authorOf(machineOf(process.env), account)
  return { plan, settings: stalled, scope: scopeOf(settings), by, token: crypto.randomUUID() }
}

async function deploy(run: Run, options: RunOptions, ports: DeployPorts, view: DeployView): Promise<number> {
  const [{ runDeploy }, { takeSignals }] = await Promise.all([
    import("../run/run.ts"),
    import("../../adapters/node/interrupts.ts"),
  ])
  const { breakLock } = options
  const { scope, by, token } = run
  const lock = { name: scope.lease, holder: `${by} ${token}`, force: breakLock }
  const end = await runDeploy(run, lock, ports, view, { listen: takeSignals }).finally(() => view.end())
  const status = await statusOf(end)
  const isDeployed = end.phase.name === "ended" && end.phase.ending.type === "deployed"
  if (isDeployed && options.json !== true) {
    const { tellCommits } = await import("./tell-commits.ts")
    await tellCommits(end, makeLog(options).note)
  }
  return status
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
