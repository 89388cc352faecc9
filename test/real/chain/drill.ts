import { setTimeout as sleep } from "node:timers/promises"
import { until } from "../docker/process.ts"
import { hangMs } from "../hang.ts"
import { drillPods, namesOf } from "./drill-pods.ts"
import type { Chain } from "./stage.ts"
import { isReady, type PodView, podsIn, visit } from "./visitor.ts"
import { namespace } from "./world.ts"

/** The longest is longer than both preStop hooks of web.yaml: what answers has been asked to end meanwhile. */
const slowSeconds = [3, 8, 12] as const
const jobSeconds = 12
const beginMs = 1_500

/** What came of a round. */
export interface Drilled {
  /** What each pod of the web answered to each request that it had been asked. */
  readonly answers: readonly string[]
  /** Which job was done by which pod, as the app wrote it down. */
  readonly done: readonly string[]
  /** Jobs that wait to be begun again, or failed. */
  readonly leftJobs: number
  /** The exit status of each container, by `POD CONTAINER`. */
  readonly ends: Readonly<Record<string, number | undefined>>
}

/** A round in which nothing is cut off: all is answered and done, once, and every process ends by itself. */
export function wholeRound(round: number): Drilled {
  const [webs, workers] = [namesOf("web", round), namesOf("worker", round)]
  const containers = [
    ...webs.flatMap((name) => [`${name} app`, `${name} nginx`]),
    ...workers.map((name) => `${name} app`),
  ]
  return {
    answers: webs.flatMap(() => slowSeconds.map((seconds) => `200 answered after ${seconds} s`)),
    done: workers.map((name) => `for-${name} by ${name}`),
    leftJobs: 0,
    ends: Object.fromEntries(containers.map((container) => [container, 0])),
  }
}

/** Which pods are ended, and how. */
export interface Round {
  readonly round: number
  /** What `envseal manifests` printed. */
  readonly manifests: string
  /** Ends all pods of a selector. */
  readonly end: (selector: string) => Promise<unknown>
}

/** Starts pods as the generated manifests have them, and ends them while each of them answers slowly or does a job. */
export async function drill(chain: Chain, { round, manifests, end }: Round): Promise<Drilled> {
  const { ask, kubectl } = chain
  const selector = `drill=${round}`
  const pods = drillPods(manifests, round)
  await kubectl(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }))
  let waiting: readonly PodView[] = []
  await until(
    "the pods of the drill",
    async () => {
      waiting = (await podsIn(chain, selector)).filter((pod) => !isReady(pod))
      return waiting.length === 0
    },
    () => JSON.stringify(waiting.map(({ metadata: { name }, status }) => ({ name, status }))),
  )
  const answers = askSlowly(await podsIn(chain, `${selector},part=drill-web`))
  const workers = namesOf("worker", round)
  await Promise.all(workers.map((name) => visit(chain, `/notes/add/for-${name}/${jobSeconds}/${name}`)))
  const countOf = async (rows: string) => Number(await ask(`select count(*) from ${rows}`))
  const [jobs, notes] = [
    `jobs where queue like 'drill-worker-${round}-%'`,
    `notes where text like 'for-drill-worker-${round}-%'`,
  ]
  await until("every worker to begin", async () => {
    // Where all is slow, one may have done its job before another begins.
    const begun = (await countOf(`${jobs} and reserved_at is not null`)) + (await countOf(notes))
    return begun >= workers.length
  })
  await sleep(beginMs)
  const ended = end(selector)
  const ends = await endsOf(chain, selector)
  await letGo(
    chain,
    pods.map(({ metadata }) => metadata.name),
  )
  await ended
  return {
    answers: await answers,
    done: (await ask(`select text || ' by ' || by from ${notes} order by by`)).split("\n"),
    leftJobs: (await countOf(jobs)) + (await countOf("failed_jobs")),
    ends,
  }
}

async function askSlowly(pods: readonly PodView[]): Promise<readonly string[]> {
  const urls = pods.flatMap(({ status }) =>
    slowSeconds.map((seconds) => `http://${status.podIP}:8080/slow/${seconds}`),
  )
  return Promise.all(
    urls.map(async (url) => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(hangMs) })
      return `${answer.status} ${await answer.text()}`
    }),
  )
}

/** Waits until all containers of the pods have ended. */
async function endsOf(chain: Chain, selector: string): Promise<Drilled["ends"]> {
  let ends: readonly (readonly [string, number | undefined])[] = []
  await until("the pods to end", async () => {
    ends = (await podsIn(chain, selector)).flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).map(
        ({ name, state }) => [`${metadata.name} ${name}`, state.terminated?.exitCode] as const,
      ),
    )
    return ends.every(([, code]) => code !== undefined)
  })
  return Object.fromEntries(ends)
}

/** Lets the objects of the pods go too. */
async function letGo({ kubectl }: Chain, names: readonly string[]): Promise<void> {
  const patch = JSON.stringify({ metadata: { finalizers: null } })
  await kubectl(["patch", "pods", ...names, "--namespace", namespace, "--type=merge", "--patch", patch])
}
