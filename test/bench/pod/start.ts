import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { type Contender, makePod, namespace } from "./pods.ts"
import type { PodStage } from "./stage.ts"

const answerLimit = "120s"
const settleMs = 500

/**
 * Starts one pod, and ends it.
 *
 * @returns milliseconds from containerd's start of the app's container to Laravel's first answer.
 * @throws Error with the app's end and what it said, when it does not answer.
 */
export async function startOf(stage: PodStage, contender: Contender, name: string): Promise<number> {
  const { plane, node, relay, image } = stage
  await plane.apply(makePod(contender, { name, image, awsUrl: relay.url }))
  const own = ["--namespace", namespace]
  const answered = "jsonpath={.status.containerStatuses[0].state.terminated.exitCode}=0"
  const wait = await plane.kubectl([
    "wait",
    `pod/${name}`,
    `--for=${answered}`,
    `--timeout=${answerLimit}`,
    ...own,
  ])
  if (wait.status !== 0) throw new Error(`${name}: ${wait.stderr}\n${await lastWords(stage, name)}`)
  const pod = await plane.object<PodStatus>([`pod/${name}`, ...own])
  const [, app] = pod.status.containerStatuses
  const answeredAt = Number(await plane.read(["logs", name, "--container=answer", ...own])) * 1_000
  const startedAt = startOfContainer(readFileSync(node.log, "utf8"), app?.containerID ?? "")
  await plane.read(["delete", `pod/${name}`, "--force", "--grace-period=0", ...own])
  // Its end is not to be measured with the next one's start.
  await sleep(settleMs)
  return answeredAt - startedAt
}

interface PodStatus {
  readonly status: { readonly containerStatuses: readonly { readonly containerID: string }[] }
}

/**
 * When containerd was asked to start a container, in milliseconds since 1970.
 *
 * @param log of containerd.
 * @param id such as `containerd://0a1b…`.
 * @throws Error when the log does not tell.
 */
export function startOfContainer(log: string, id: string): number {
  const short = id.replace("containerd://", "")
  const line = log.split("\n").find((one) => one.includes(`StartContainer for \\"${short}\\""`))
  const [, time = ""] = /time="([^"]+)"/.exec(line ?? "") ?? []
  const at = Date.parse(time)
  if (short === "" || Number.isNaN(at)) throw new Error(`containerd tells no start of ${id}`)
  return at + microsecondsOf(time) / 1_000
}

/** What `Date.parse` leaves out: it knows milliseconds. */
function microsecondsOf(time: string): number {
  return Number(/\.\d{3}(\d{3})/.exec(time)?.[1] ?? 0)
}

async function lastWords({ plane }: PodStage, name: string): Promise<string> {
  const own = ["--namespace", namespace]
  const { stdout: described } = await plane.kubectl(["describe", `pod/${name}`, ...own])
  const { stdout: said } = await plane.kubectl(["logs", name, "--container=app", ...own])
  return `${described}\n${said}`
}
