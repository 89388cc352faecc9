import type { HookSettings } from "../../config/settings.ts"
import { EnvsealError } from "../../core/error.ts"
import { type Job, type Pod, podTemplateOf } from "../../core/kubernetes.ts"
import { printable } from "../../core/text.ts"
import { type Images, workloadText } from "../../core/workload.ts"
import { mayPass } from "../core/again.ts"
import { type HookJob, hookJob, hookJobName } from "../core/hook-job.ts"
import { troubleOfPod } from "../core/pod-trouble.ts"
import { saidText } from "../core/said.ts"
import { jumpMs } from "../core/watching.ts"
import type { DeployPorts } from "./ports.ts"
import { silenceMs } from "./request.ts"

/** What a hook runs with. */
export interface HookRequest {
  readonly settings: HookSettings
  /** What it runs for, such as the id of a build. */
  readonly run: string
  /** The images that its workload gets. */
  readonly images: Images
}

type Ports = Pick<DeployPorts, "cluster" | "timer">

/** `late` when the cluster stopped it for having taken too long. */
type JobEnd = "done" | "failed" | "late"

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
 * migration does not run twice.
 *
 * @returns `null` when its Job is done, or why it failed when its Job has ended too.
 * @throws EnvsealError `HOOK_FAILED` while its Job may still run, and what the cluster throws.
 */
export async function runHook(
  request: HookRequest,
  ports: Ports,
  watcher: HookWatcher,
  signal: AbortSignal,
): Promise<EnvsealError | null> {
  const { settings, run } = request
  const name = hookJobName({ name: settings.name, run })
  const persist: Persist = (ask) => askAgain(ask, ports, signal)
  await persist(() => createJob(request, ports))
  watcher.began(name)
  const pods = () => persist(() => ports.cluster.pods(`batch.kubernetes.io/job-name=${name}`))
  const read = () => persist(() => ports.cluster.readJob(name))
  const job = await waitForJob(name, settings, ports, { pods, read }, signal)
  const [pod] = (await pods()).slice(-1)
  const container = containerOf(request)
  for (const line of await linesOf(pod, container, ports)) watcher.line(line)
  if (job === "done") return null
  if (job === "late") return late(settings, name)
  const status = pod?.status?.containerStatuses?.find((one) => one.name === container)?.state?.terminated
  const exit = status === undefined ? "" : ` with exit status ${status.exitCode}`
  const said = status?.message ? `: ${saidText(status.message)}` : ""
  return failed(settings, `failed${exit}${said}`, name)
}

async function createJob(request: HookRequest, { cluster }: Ports): Promise<void> {
  const { settings, run, images } = request
  const workload = await cluster.read(settings.workload)
  if (workload === null) {
    throw new EnvsealError("WORKLOAD_UNUSABLE", `${workloadText(settings.workload)} does not exist any more`)
  }
  const { name, command, timeoutMs } = settings
  const hook: HookJob = { name, run, container: containerOf(request), command, timeoutMs, images }
  // When an answer is lost, the Job is found the next time.
  await cluster.createJob(hookJob(podTemplateOf(workload), hook))
}

/** The first container that gets the image, unless another one is named. */
function containerOf({ settings, images }: HookRequest): string {
  return settings.container ?? Object.keys(images)[0] ?? ""
}

/** What is asked for until it is answered. */
interface Looks {
  pods(): Promise<readonly Pod[]>
  read(): Promise<Job | null>
}

/** A Job that ended while nobody could look is found to have ended: it is asked for once more after its time. */
async function waitForJob(
  name: string,
  settings: HookSettings,
  { timer }: Ports,
  looks: Looks,
  signal: AbortSignal,
): Promise<JobEnd> {
  const until = timer.nowMs() + settings.timeoutMs + graceMs
  let hopelessSince: number | null = null
  for (;;) {
    const lookedAtMs = timer.nowMs()
    const job = await looks.read()
    if (job === null) throw failed(settings, "was deleted while it ran", name)
    const end = endOf(job)
    if (end !== null) return end
    if (lookedAtMs >= until) throw late(settings, name)
    const trouble = (await looks.pods())
      .map(troubleOfPod)
      .find((one) => one !== null && one.gravity !== "waiting")
    hopelessSince = trouble === undefined ? null : (hopelessSince ?? timer.nowMs())
    if (trouble && hopelessSince !== null && timer.nowMs() - hopelessSince >= hopelessMs) {
      const { reason, message } = trouble.trouble
      throw failed(settings, `does not start: ${printable(reason)}: ${saidText(message)}`, name)
    }
    await timer.sleep(lookAgainMs, signal)
    signal.throwIfAborted()
    // The time in which nobody looked is no time in which it could not start.
    if (timer.nowMs() - lookedAtMs > jumpMs) hopelessSince = null
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
