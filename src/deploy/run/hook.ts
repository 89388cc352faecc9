import type { HookSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { type ClusterEvent, type Job, type Pod, podTemplateOf } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"
import { type Images, workloadText } from "../../core/workload.ts"
import type { Cluster } from "../../ports/cluster.ts"
import { mayPass } from "../core/again.ts"
import { exitAnnotation, type HookJob, hookJob, hookJobName } from "../core/hook-job.ts"
import { troubleOfPod } from "../core/pod-trouble.ts"
import { saidText } from "../core/said.ts"
import { jumpMs } from "../core/watching.ts"
import type { LockGuard } from "./fence.ts"
import type { DeployPorts } from "./ports.ts"
import { silenceMs } from "./request.ts"

/** What a hook runs with. */
export interface HookRequest {
  readonly settings: HookSettings
  /** What it runs for, such as the id of a build. */
  readonly run: string
  /** The images that its workload gets. */
  readonly images: Images
  /** Of its Job. */
  readonly guard: LockGuard
}

type Ports = Pick<DeployPorts, "cluster" | "timer">

/** `late` when the cluster stopped it for having taken too long. */
type JobEnd = "done" | "failed" | "late"

interface ExitStatus {
  readonly exitCode: number
  readonly message?: string
}

/** How a Job ended, and its hook's own container; `null` where that is not known. */
interface HookEnd {
  readonly type: JobEnd
  readonly status: ExitStatus | null
}

const lookAgainMs = 2_000
/** Time for the cluster to start the Job, on top of the hook's own time. */
const graceMs = 60_000
const hopelessMs = 15_000
const logLines = 200

/** The audience of a hook. */
export interface HookWatcher {
  /** @param job its name: it is there now, and goes on by itself. */
  began(job: string): void
  /** A line of its log, once it has ended. */
  line(text: string): void
}

/**
 * Runs a hook as a Job and waits for its end. When the same run has begun it before, that Job is waited for: a
 * migration does not run twice. What the hook's own container ends with decides, whatever else is in its pod; a Job that
 * failed before that container ran has run nothing, and is followed by another one.
 *
 * @returns `null` when it is done, or why it failed when its Job has ended too.
 * @throws EnvsealError `HOOK_FAILED` while its Job may still run, and what the cluster throws.
 */
export async function runHook(
  request: HookRequest,
  ports: Ports,
  watcher: HookWatcher,
  signal: AbortSignal,
): Promise<EnvsealError | null> {
  const { settings } = request
  const container = containerOf(request)
  const persist: Persist = (ask) => askAgain(ask, ports, signal)
  const looks: Looks = {
    pods: (name) => persist(() => ports.cluster.pods(`batch.kubernetes.io/job-name=${name}`)),
    read: (name) => persist(() => ports.cluster.readJob(name)),
    refusal: (job) => persist(() => ports.cluster.events(job.metadata.uid)).then(refusalIn),
  }
  const name = await claimJob(request, (attempt) => persist(() => createJob(request, attempt, ports)), looks)
  watcher.began(name)
  const end = await waitForJob(name, request, ports, looks, signal)
  const [pod] = (await looks.pods(name)).slice(-1)
  for (const line of await linesOf(pod, container, ports)) watcher.line(line)
  if (end.type === "late") return late(settings, name)
  const { status } = end
  if (end.type === "done" || status?.exitCode === 0) return null
  const exit = status === null ? "" : ` with exit status ${status.exitCode}`
  const said = status?.message ? `: ${saidText(status.message)}` : ""
  return failed(settings, `failed${exit}${said}`, name)
}

/** How often a hook is begun again for one run, where nothing of it has run yet. */
const maxAttempts = 5

/** @returns the name of the Job that is the hook's: a new one, or one that an earlier run began. */
async function claimJob(
  request: HookRequest,
  create: (attempt: number) => Promise<Job | null>,
  looks: Looks,
): Promise<string> {
  const { settings, run } = request
  for (let attempt = 1; ; attempt++) {
    const name = hookJobName({ name: settings.name, run }, attempt)
    if ((await create(attempt)) !== null || attempt === maxAttempts) return name
    const job = await looks.read(name)
    if (job === null || endOf(job) !== "failed" || exitIn(job) !== null) return name
    if (!neverRan(await looks.pods(name), containerOf(request))) return name
  }
}

/** Whether the pod is there, and shows that the hook's container has not been started. */
function neverRan(pods: readonly Pod[], container: string): boolean {
  const [pod] = pods.slice(-1)
  const own = pod?.status?.containerStatuses?.find(({ name }) => name === container)
  return own !== undefined && own.restartCount === 0 && !own.state?.terminated && !own.state?.running
}

async function createJob(request: HookRequest, attempt: number, { cluster }: Ports): Promise<Job | null> {
  const { settings, run, images, guard } = request
  const workload = await cluster.read(settings.workload)
  if (workload === null) {
    throw new EnvsealError("WORKLOAD_UNUSABLE", `${workloadText(settings.workload)} does not exist any more`)
  }
  const { name, keep, command, timeoutMs } = settings
  const hook: HookJob = { name, run, container: containerOf(request), keep, command, timeoutMs, images }
  // When an answer is lost, the Job is found the next time.
  const job = hookJob(podTemplateOf(workload), hook, attempt)
  return guard((fence) => cluster.createJob(job, fence))
}

/** The first container that gets the image, unless another one is named. */
function containerOf({ settings, images }: HookRequest): string {
  return settings.container ?? Object.keys(images)[0] ?? ""
}

/** What is asked for until it is answered. */
interface Looks {
  pods(job: string): Promise<readonly Pod[]>
  read(job: string): Promise<Job | null>
  /** Why the cluster makes no pod for it; `null` when nothing tells. */
  refusal(job: Job): Promise<string | null>
}

/** A Job that ended while nobody could look is found to have ended: it is asked for once more after its time. */
async function waitForJob(
  name: string,
  request: HookRequest,
  { timer, cluster }: Ports,
  looks: Looks,
  signal: AbortSignal,
): Promise<HookEnd> {
  const { settings } = request
  const container = containerOf(request)
  const until = timer.nowMs() + settings.timeoutMs + graceMs
  let hopelessSince: number | null = null
  for (;;) {
    const lookedAtMs = timer.nowMs()
    const job = await looks.read(name)
    if (job === null) throw failed(settings, "was deleted while it ran", name)
    const pods = await looks.pods(name)
    const status = exitIn(job) ?? exitOf(pods, container)
    const end = endOf(job)
    // A container that is stopped for its time has an exit status too.
    const isLate = end === "late" && exitIn(job) === null && status?.exitCode !== 0
    if (end !== null) return { type: isLate || end === "done" ? end : "failed", status }
    if (status !== null && othersRun(pods, container)) {
      await endJob(name, status, cluster)
      return { type: "failed", status }
    }
    if (lookedAtMs >= until) throw late(settings, name)
    const trouble = pods.length === 0 ? await looks.refusal(job) : troubleIn(pods)
    hopelessSince = trouble === null ? null : (hopelessSince ?? timer.nowMs())
    if (trouble !== null && hopelessSince !== null && timer.nowMs() - hopelessSince >= hopelessMs) {
      throw failed(settings, `does not start: ${trouble}`, name)
    }
    await timer.sleep(lookAgainMs, signal)
    signal.throwIfAborted()
    // The time in which nobody looked is no time in which it could not start.
    if (timer.nowMs() - lookedAtMs > jumpMs) hopelessSince = null
  }
}

function troubleIn(pods: readonly Pod[]): string | null {
  const found = pods.map(troubleOfPod).find((one) => one !== null && one.gravity !== "waiting")
  if (!found) return null
  const { reason, message } = found.trouble
  return `${printable(reason)}: ${saidText(message)}`
}

/** Such as a quota, or an admission webhook. */
function refusalIn(events: readonly ClusterEvent[]): string | null {
  const last = events.findLast(({ type, reason }) => type === "Warning" && reason === "FailedCreate")
  return last === undefined ? null : `FailedCreate: ${saidText(last.message ?? "")}`
}

/** What the hook's container ended with; `null` while it runs, or where its pod is gone. */
function exitOf(pods: readonly Pod[], container: string): ExitStatus | null {
  const [pod] = pods.slice(-1)
  return pod?.status?.containerStatuses?.find(({ name }) => name === container)?.state?.terminated ?? null
}

/** The same, as it was written down before the Job was ended. */
function exitIn({ metadata }: Job): ExitStatus | null {
  const text = metadata.annotations?.[exitAnnotation]
  return text !== undefined && /^\d{1,3}$/.test(text) ? { exitCode: Number(text) } : null
}

/** Whether something in the pod goes on that is no part of the hook, such as a proxy that a webhook has added. */
function othersRun(pods: readonly Pod[], container: string): boolean {
  const [pod] = pods.slice(-1)
  const statuses = pod?.status?.containerStatuses ?? []
  return statuses.some(({ name, state }) => name !== container && state?.running !== undefined)
}

/** What ends by itself in time is no reason for a hook to fail that has ended. */
async function endJob(name: string, { exitCode }: ExitStatus, cluster: Cluster): Promise<void> {
  try {
    await cluster.endJob(name, [exitAnnotation, String(exitCode)])
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
  }
}

type Persist = <T>(ask: () => Promise<T>) => Promise<T>

/** Asks until the cluster answers, as long as a rollout is watched that cannot be seen. */
async function askAgain<T>(ask: () => Promise<T>, { timer }: Ports, signal: AbortSignal): Promise<T> {
  let failingSince: number | null = null
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      failingSince ??= timer.nowMs()
      const passes = error instanceof EnvsealError && mayPass(error)
      if (!passes || timer.nowMs() - failingSince >= silenceMs) throw error
    }
    await timer.sleep(lookAgainMs, signal)
    signal.throwIfAborted()
  }
}

function endOf({ status }: Job): JobEnd | null {
  const ends = (type: string) => status?.conditions?.find((one) => one.type === type && one.status === "True")
  if (ends("Complete") !== undefined) return "done"
  const failure = ends("Failed")
  if (failure === undefined) return null
  return failure.reason === "DeadlineExceeded" ? "late" : "failed"
}

async function linesOf(
  pod: Pod | undefined,
  container: string,
  { cluster }: Ports,
): Promise<readonly string[]> {
  if (pod === undefined) return []
  const request = { pod: pod.metadata.name, container, previous: false, lines: logLines }
  return cluster.log(request).catch(() => [])
}

function late(settings: HookSettings, job: string): EnvsealError {
  return failed(settings, `did not end within ${settings.timeoutMs / 1000} s`, job)
}

function failed({ name }: HookSettings, what: string, job: string): EnvsealError {
  return new EnvsealError("HOOK_FAILED", `the hook ${name} ${what}`, {
    hint: `look at it: kubectl logs job/${job}`,
  })
}
