import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import { EnvsealError, type Problem } from "../../core/error.ts"
import { inOrder } from "../../core/in-order.ts"
import { podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { isServerAt } from "../../core/server-address.ts"
import { nameList } from "../../core/text.ts"
import { workloadText } from "../../core/workload.ts"
import type { Cluster, Right } from "../../ports/cluster.ts"
import { mixtureWarning } from "../core/mixture.ts"
import type { Plan } from "../core/plan.ts"
import { allContainers, imagesOf } from "../core/pods.ts"
import { readReleases } from "../core/release.ts"
import { isReadyTold, unprobedMs } from "../core/settle.ts"
import { containersOf, neverOpening, severalImages } from "./containers.ts"
import { checkRegistry } from "./image.ts"
import type { FoundTarget } from "./known.ts"
import { managersOf, managerWarning } from "./manager.ts"
import { checkOldImages, checkOrigin } from "./old-images.ts"
import type { DeployPorts } from "./ports.ts"
import { checkProject } from "./project.ts"
import { rehearse } from "./rehearsal.ts"
import { rightsOf, rightText, type Scope } from "./rights.ts"

/** What is looked at before anything is begun. */
export interface CheckRequest {
  readonly plan: Plan
  readonly settings: EnvironmentSettings
  readonly scope: Scope
  /** Who deploys. */
  readonly by: string
  /** Unique to the run. */
  readonly token: string
}

/**
 * Proves that this is the account and the cluster that are meant, that everything the deploy will touch is there and
 * can be changed, and that this user may do it. Changes nothing.
 *
 * @throws EnvsealError `WRONG_ACCOUNT`, `WRONG_CLUSTER`, `PROJECT_UNUSABLE`, or `WORKLOAD_UNUSABLE` with everything
 * that is at fault, and what the ports throw.
 */
export async function checkDeploy(
  request: CheckRequest,
  ports: DeployPorts,
): Promise<readonly FoundTarget[]> {
  checkServer(request, ports)
  const { plan, settings } = request
  if (settings.image !== null) checkRegistry(plan.start, settings.image, ports.registry)
  await checkAccount(request, ports)
  const [, refused, found] = await inOrder([
    checkProject(request, ports.builder),
    ports.cluster.missingRights(rightsOf(request.scope)),
    inOrder(request.settings.workloads.map((one) => checkWorkload(one, request, ports))),
  ])
  const problems = [
    ...refused.map((right): Problem => rightMissing(rightText(right))),
    ...found.flatMap((result) => ("problems" in result ? result.problems : [])),
  ]
  if (problems.length > 0) throw unusable(problems, request, ports, doubtfulNames(refused))
  const [denied] = found.flatMap((result) => ("denied" in result ? [result.denied] : []))
  if (denied !== undefined) throw denied
  const targets = found.flatMap((result) => ("target" in result ? [result.target] : []))
  const mixture = mixtureWarning(targets, plan.start.type)
  if (mixture !== null) ports.log.warn(mixture)
  if (plan.start.type === "back") {
    const { environment, start } = plan
    await checkOldImages(targets, { environment, to: start.to }, settings, ports.registry)
  }
  if (plan.start.type === "reseal") await checkOrigin(targets, plan, settings, ports.registry)
  return targets
}

/** @throws EnvsealError `WRONG_CLUSTER` when the API server is not the one that the settings pin. */
export function checkServer(
  { settings }: Pick<CheckRequest, "settings">,
  { cluster }: { readonly cluster: Pick<Cluster, "name" | "server" | "serverName"> },
): void {
  const pinned = settings.cluster?.server ?? null
  if (pinned === null || isServerAt(pinned, cluster)) return
  throw new EnvsealError(
    "WRONG_CLUSTER",
    `${cluster.name} is ${cluster.server}, and ${settings.name} is on ${pinned}`,
    { hint: "use the kubeconfig of that cluster, or correct cluster.server in envseal.yaml" },
  )
}

/** @throws EnvsealError `WRONG_ACCOUNT` when the credentials are of another account than the settings, and what the port throws. */
export async function checkAccount(
  { settings }: Pick<CheckRequest, "settings">,
  { account }: Pick<DeployPorts, "account">,
): Promise<void> {
  const caller = await account.whoAmI()
  if (settings.account === null || settings.account === caller.account) return
  throw new EnvsealError(
    "WRONG_ACCOUNT",
    `these are credentials of account ${caller.account} (${caller.arn}), and ${settings.name} is in ${settings.account}`,
    { hint: "set AWS_PROFILE, or profile in envseal.yaml, to one of that account" },
  )
}

type Found =
  | { readonly target: FoundTarget }
  | { readonly problems: readonly Problem[] }
  /** It may not even be read; the list of missing rights says that better. */
  | { readonly denied: EnvsealError }

async function checkWorkload(
  wanted: WorkloadSettings,
  request: CheckRequest,
  ports: DeployPorts,
): Promise<Found> {
  try {
    const workload = await ports.cluster.read(wanted)
    if (workload === null) return { problems: [missing(wanted, ports.cluster)] }
    const found = judgeWorkload(wanted, workload, request, ports)
    if (!("target" in found)) return found
    const refusal = await rehearse(workload, found.target, request, ports)
    return refusal === null ? found : { problems: [problem("CHANGE_REFUSED", workloadText(wanted), refusal)] }
  } catch (error) {
    if (error instanceof EnvsealError && error.code === "ACCESS_DENIED") return { denied: error }
    throw error
  }
}

function missing(wanted: WorkloadSettings, { namespace }: Cluster): Problem {
  return problem("WORKLOAD_MISSING", workloadText(wanted), `does not exist in the namespace ${namespace}`)
}

function judgeWorkload(
  wanted: WorkloadSettings,
  workload: Workload,
  { settings }: CheckRequest,
  { log }: DeployPorts,
): Found {
  const text = workloadText(wanted)
  const warning = managerWarning(text, managersOf(workload))
  if (warning !== null) log.warn(warning)
  const repository = settings.image?.repository ?? null
  const names = containersOf(wanted, workload, repository)
  const there = allContainers(podTemplateOf(workload)).map(({ name }) => name)
  const problems = [
    ...obstacles(workload).map(([code, reason]) => problem(code, text, reason)),
    ...names
      .filter((name) => !there.includes(name))
      .map((name) =>
        problem("CONTAINER_MISSING", text, `has no container ${name}; it has ${nameList(there)}`),
      ),
    ...(names.length === 0
      ? [
          problem(
            "CONTAINER_MISSING",
            text,
            `has no container with an image of ${settings.image?.repository}; name them under containers`,
          ),
        ]
      : []),
    ...hookContainers(wanted, settings)
      .filter(({ container }) => !there.includes(container))
      .map(({ container, hook }) =>
        problem(
          "CONTAINER_MISSING",
          text,
          `has no container ${container}, which the hook ${hook} names; it has ${nameList(there)}`,
        ),
      ),
    ...severalImages(wanted, workload, repository),
    ...neverOpening(wanted, workload, names),
  ]
  if (problems.length > 0) return { problems }
  if (!isReadyTold(workload, names)) log.warn(unprobedWarning(text))
  const live = imagesOf(podTemplateOf(workload), names)
  const { kind, name } = wanted
  const releases = readReleases(workload.metadata.annotations)
  return { target: { ref: { kind, name }, live, releases, workload } }
}

/** The containers that hooks with this workload's template name. */
function hookContainers(wanted: WorkloadSettings, { hooks }: EnvironmentSettings) {
  return [...hooks.before, ...hooks.after]
    .filter(({ workload }) => workloadText(workload) === workloadText(wanted))
    .flatMap(({ name, container, keep }) =>
      [...(container === null ? [] : [container]), ...keep].map((one) => ({ hook: name, container: one })),
    )
}

/** Why pods would not follow their template. */
export function obstacles(workload: Workload): [Problem["code"], string][] {
  switch (workload.kind) {
    case "Deployment":
      return workload.spec.paused
        ? [
            [
              "WORKLOAD_PAUSED",
              `is paused: kubectl rollout resume ${workloadText({ kind: "Deployment", name: workload.metadata.name })}`,
            ],
          ]
        : []
    case "StatefulSet": {
      const { type, rollingUpdate } = workload.spec.updateStrategy ?? {}
      if (type === "OnDelete")
        return [["STRATEGY_UNSUPPORTED", "replaces no pod by itself (updateStrategy OnDelete)"]]
      const partition = rollingUpdate?.partition ?? 0
      return partition > 0
        ? [
            [
              "STRATEGY_UNSUPPORTED",
              `keeps pods below ordinal ${partition} as they are (updateStrategy partition)`,
            ],
          ]
        : []
    }
    case "DaemonSet":
      return workload.spec.updateStrategy?.type === "OnDelete"
        ? [["STRATEGY_UNSUPPORTED", "replaces no pod by itself (updateStrategy OnDelete)"]]
        : []
    case "CronJob":
      return []
  }
}

function unprobedWarning(text: string): string {
  return `${text} has no readiness or startup probe, so its pods count as ready as soon as they run: it is watched for ${unprobedMs / 1000} s before it counts as proven. The worker in docs/container.md has a probe for an app that listens nowhere`
}

function problem(code: Problem["code"], name: string, reason: string): Problem {
  return { code, name, reason }
}

function rightMissing(text: string): Problem {
  return { code: "RIGHT_MISSING", name: text, reason: "is not allowed to you" }
}

function doubtText(names: readonly string[]): string {
  return names.length === 0 ? "" : `is the name ${nameList(names, 3)} right? If it is, `
}

/** Workloads that may not even be read: a Role that names its workloads refuses a misspelt one. */
function doubtfulNames(refused: readonly Right[]): readonly string[] {
  const names = refused.flatMap(({ verb, group, name }) =>
    verb === "get" && (group === "apps" || group === "batch") ? (name ?? []) : [],
  )
  return [...new Set(names)]
}

function unusable(
  problems: readonly Problem[],
  { settings }: CheckRequest,
  { cluster }: DeployPorts,
  doubtful: readonly string[] = [],
): EnvsealError {
  const rights = problems.some(({ code }) => code === "RIGHT_MISSING")
  const code = problems.every((one) => one.code === "RIGHT_MISSING") ? "ACCESS_DENIED" : "WORKLOAD_UNUSABLE"
  return new EnvsealError(
    code,
    `${settings.name} cannot be deployed to ${cluster.name}, namespace ${cluster.namespace}; nothing was begun`,
    {
      problems,
      hint: rights
        ? `${doubtText(doubtful)}print the Role that grants it: envseal policy cluster -e ${settings.name}`
        : problems.some((one) => one.code === "WORKLOAD_MISSING")
          ? `correct envseal.yaml, or make the workload: envseal manifests ${settings.name} | kubectl apply -f -`
          : "correct envseal.yaml, or the workload",
    },
  )
}
