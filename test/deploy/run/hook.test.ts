import { beforeEach, describe, expect, test } from "vitest"
import type { HookSettings } from "../../../src/config/settings.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import type {
  ClusterEvent,
  ContainerStatus,
  Job,
  NewJob,
  Pod,
  Workload,
} from "../../../src/core/kubernetes.ts"
import type { LockGuard } from "../../../src/deploy/run/fence.ts"
import { runHook } from "../../../src/deploy/run/hook.ts"
import type { Cluster, LogRequest } from "../../../src/ports/cluster.ts"
import { FakeTimer } from "../../fake/timer.ts"
import { deployment, newImage, pod, waits } from "../core/scene.ts"

const job = "envseal-migrate-run1"
const settings: HookSettings = {
  name: "migrate",
  workload: { kind: "Deployment", name: "web" },
  container: null,
  keep: [],
  command: ["migrate"],
  timeoutMs: 60_000,
}

/** A namespace with one Deployment, in which a Job does what the test says. */
class JobCluster {
  fence = () => {}
  workload: Workload | null = deployment()
  conditions: NonNullable<Job["status"]>["conditions"] = []
  isDeleted = false
  /** Why the cluster answers nothing; `null` while it does. */
  outage: EnvsealError | null = null
  pods: readonly Pod[] = []
  lines: readonly string[] | EnvsealError = []
  /** Names of the Jobs that earlier runs began. */
  there: readonly string[] = []
  annotations: Readonly<Record<string, string>> = {}
  events: readonly ClusterEvent[] = []
  endRefusal: EnvsealError | null = null
  readonly ended: string[] = []
  readonly created: NewJob[] = []
  readonly asked: (string | LogRequest)[] = []

  get port(): Cluster {
    const methods: Pick<Cluster, "read" | "createJob" | "readJob" | "pods" | "log" | "events" | "endJob"> = {
      events: async () => this.events,
      endJob: async (name, [key, value]) => {
        if (this.endRefusal !== null) throw this.endRefusal
        this.ended.push(`${name} ${key}=${value}`)
      },
      read: async () => {
        this.#answers()
        return this.workload
      },
      createJob: async (job, fence) => {
        fence?.()
        this.#answers()
        this.created.push(job)
        return this.there.includes(job.metadata.name) ? null : this.#job(job.metadata.name)
      },
      readJob: async (name) => {
        this.#answers()
        return this.isDeleted ? null : this.#job(name)
      },
      pods: async (selector) => {
        this.#answers()
        this.asked.push(selector)
        return this.pods
      },
      log: async (request) => {
        this.asked.push(request)
        if (this.lines instanceof EnvsealError) throw this.lines
        return this.lines
      },
    }
    return methods as Cluster
  }

  end(type: "Complete" | "Failed", reason = ""): void {
    this.conditions = [{ type, status: "True", reason }]
  }

  #answers(): void {
    if (this.outage !== null) throw this.outage
  }

  #job(name: string): Job {
    return {
      metadata: { name, uid: `uid-${name}`, resourceVersion: "1", annotations: this.annotations },
      status: { conditions: this.conditions ?? [] },
    }
  }
}

let timer: FakeTimer
let cluster: JobCluster
let over: AbortController
beforeEach(() => {
  timer = new FakeTimer()
  cluster = new JobCluster()
  over = new AbortController()
})

interface Running {
  readonly told: string[]
  /** `undefined` while it runs, then what it answered or threw. */
  answered?: EnvsealError | null
  thrown?: unknown
}

function start(change: Partial<HookSettings> = {}): Running {
  const running: Running = { told: [] }
  const watcher = {
    began: (name: string) => running.told.push(`began ${name}`),
    line: (text: string) => running.told.push(text),
  }
  const images = { app: newImage, web: "x" }
  const guard: LockGuard = (change) => change(() => cluster.fence())
  const request = { settings: { ...settings, ...change }, run: "run-1", images, guard }
  runHook(request, { cluster: cluster.port, timer }, watcher, over.signal).then(
    (answered) => {
      running.answered = answered
    },
    (thrown: unknown) => {
      running.thrown = thrown
    },
  )
  return running
}

function ended(exitCode: number, message?: string): Pod {
  const terminated = { exitCode, ...(message === undefined ? {} : { message }) }
  return pod(`${job}-x`, { phase: "Failed", status: { state: { terminated } } })
}

const hookFailed = (message: string) => ({ code: "HOOK_FAILED", message })

describe("a hook", () => {
  test("is a Job with the new image, waited for until it is done, whose log is reported then", async () => {
    cluster.pods = [pod("older"), pod("newer")]
    cluster.lines = ["migrating", "done"]
    const running = start()
    await timer.pass(9_999)
    expect([running.told, running.answered]).toEqual([[`began ${job}`], undefined])
    cluster.end("Complete")
    await timer.pass(1)
    expect(running).toEqual({ told: [`began ${job}`, "migrating", "done"], answered: null })
    expect(cluster.created).toMatchObject([
      {
        metadata: { name: job },
        spec: { template: { spec: { containers: [{ name: "app", image: newImage, args: ["migrate"] }] } } },
      },
    ])
    expect(cluster.asked[0]).toBe(`batch.kubernetes.io/job-name=${job}`)
    expect(cluster.asked.at(-1)).toEqual({ pod: "newer", container: "app", previous: false, lines: 200 })
  })

  test("runs in the container that the settings name", async () => {
    cluster.pods = [pod("one")]
    cluster.end("Complete")
    start({ container: "worker" })
    await timer.pass(0)
    expect(cluster.asked.at(-1)).toMatchObject({ container: "worker" })
  })

  test("that is done is done, though its log cannot be read", async () => {
    cluster.pods = [pod("one")]
    cluster.lines = new EnvsealError("ACCESS_DENIED", "no")
    cluster.end("Complete")
    const running = start()
    await timer.pass(0)
    expect(running).toEqual({ told: [`began ${job}`], answered: null })
  })

  test.each([
    [[], "the hook migrate failed"],
    [[ended(3)], "the hook migrate failed with exit status 3"],
    [[ended(1, " no such\n table ")], "the hook migrate failed with exit status 1: table"],
  ])("that failed has ended, and says how (%#)", async (pods, message) => {
    cluster.pods = pods
    cluster.end("Failed", "BackoffLimitExceeded")
    const running = start()
    await timer.pass(0)
    expect(running.answered).toMatchObject(hookFailed(message))
    expect(running.answered?.hint).toBe(`look at it: kubectl logs job/${job}`)
  })

  test("that the cluster stopped for its time has ended too", async () => {
    cluster.pods = [ended(143)]
    cluster.end("Failed", "DeadlineExceeded")
    const running = start()
    await timer.pass(0)
    expect(running.answered).toMatchObject(hookFailed("the hook migrate did not end within 60 s"))
  })

  test("is not over while a condition does not hold", async () => {
    cluster.conditions = [
      { type: "Complete", status: "False" },
      { type: "Failed", status: "Unknown" },
      { type: "Suspended", status: "True" },
    ]
    const running = start()
    await timer.pass(20_000)
    expect([running.answered, running.thrown]).toEqual([undefined, undefined])
  })
})

describe("a hook that may still run", () => {
  test("is given up a minute after its own time", async () => {
    const running = start()
    await timer.pass(119_999)
    expect(running.thrown).toBeUndefined()
    await timer.pass(1)
    expect(running.thrown).toMatchObject(hookFailed("the hook migrate did not end within 60 s"))
  })

  test("is given up when its Job is deleted", async () => {
    const running = start()
    await timer.pass(3_000)
    cluster.isDeleted = true
    await timer.pass(1_000)
    expect(running.thrown).toMatchObject(hookFailed("the hook migrate was deleted while it ran"))
  })

  test("is given up when its pod cannot start for a quarter of a minute", async () => {
    cluster.pods = [pod("p", waits("CreateContainerConfigError", 0, undefined, "no secret"))]
    const running = start()
    // It is looked at every two seconds.
    await timer.pass(15_999)
    expect(running.thrown).toBeUndefined()
    await timer.pass(1)
    expect(running.thrown).toMatchObject(
      hookFailed("the hook migrate does not start: CreateContainerConfigError: no secret"),
    )
  })

  test("has all that time again once its pod was well in between", async () => {
    cluster.pods = [pod("p", waits("ImagePullBackOff"))]
    const running = start()
    await timer.pass(13_000)
    cluster.pods = [pod("p", { ready: false })]
    await timer.pass(2_000)
    cluster.pods = [pod("p", waits("ImagePullBackOff"))]
    await timer.pass(16_000)
    expect(running.thrown).toBeUndefined()
    await timer.pass(1_000)
    expect(running.thrown).toMatchObject({ code: "HOOK_FAILED" })
  })

  test("is waited for as long as its pod waits for a node", async () => {
    cluster.pods = [pod("p", { ready: false, unschedulable: true })]
    const running = start()
    await timer.pass(60_000)
    expect(running.thrown).toBeUndefined()
  })

  test("is left alone once the run is over", async () => {
    const running = start()
    await timer.pass(1_000)
    over.abort()
    await timer.pass(0)
    expect(running.thrown).toMatchObject({ name: "AbortError" })
    expect(running.told).toEqual([`began ${job}`])
  })
})

test("a hook is not begun when its workload is gone", async () => {
  cluster.workload = null
  const running = start()
  await timer.pass(0)
  expect(running.thrown).toMatchObject({
    code: "WORKLOAD_UNUSABLE",
    message: "deployment/web does not exist any more",
  })
  expect([cluster.created, running.told]).toEqual([[], []])
})

describe("while the cluster does not answer", () => {
  const outage = new EnvsealError("REMOTE_FAILED", "503")

  test("a hook that goes on is asked for again, and its end decides", async () => {
    const running = start()
    await timer.pass(3_000)
    cluster.outage = outage
    await timer.pass(28_000)
    cluster.end("Complete")
    cluster.outage = null
    await timer.pass(2_000)
    expect([running.answered, running.thrown]).toEqual([null, undefined])
  })

  test("a hook is begun once it does again", async () => {
    cluster.outage = outage
    const running = start()
    await timer.pass(45_000)
    expect([running.told, cluster.created.length]).toEqual([[], 0])
    cluster.outage = null
    await timer.pass(2_000)
    expect([running.told, cluster.created.length]).toEqual([[`began ${job}`], 1])
  })

  test("a hook is given up after ten minutes, and not before", async () => {
    const running = start({ timeoutMs: 3_600_000 })
    await timer.pass(3_000)
    cluster.outage = outage
    await timer.pass(599_000)
    expect(running.thrown).toBeUndefined()
    await timer.pass(6_000)
    expect(running.thrown).toBe(outage)
  })

  test("a hook whose time ran out meanwhile is asked for once more", async () => {
    const running = start()
    await timer.pass(3_000)
    cluster.outage = outage
    await timer.pass(300_000)
    cluster.end("Complete")
    cluster.outage = null
    await timer.pass(2_000)
    expect(running.answered).toBeNull()
  })

  test("its Job is not made while the lock is not ours for certain, and is made once it is", async () => {
    cluster.fence = () => {
      throw new EnvsealError("REMOTE_FAILED", "not now")
    }
    const running = start()
    await timer.pass(60_000)
    expect([cluster.created, running]).toEqual([[], { told: [] }])
    cluster.fence = () => {}
    await timer.pass(2_000)
    expect([cluster.created.length, running.told]).toEqual([1, [`began ${job}`]])
  })

  test("a refusal is no silence", async () => {
    const running = start()
    await timer.pass(3_000)
    cluster.outage = new EnvsealError("ACCESS_DENIED", "no")
    await timer.pass(2_000)
    expect(running.thrown).toBe(cluster.outage)
  })
})

/** A pod of the Job, with these states of its containers. */
function podWith(states: Readonly<Record<string, ContainerStatus["state"]>>, phase = "Running"): Pod {
  const one = pod(`${job}-x`, { phase })
  const containerStatuses = Object.entries(states).map(([name, state]) => ({
    ...{ name, ready: false, restartCount: 0 },
    ...(state === undefined ? {} : { state }),
  }))
  return { ...one, status: { ...one.status, containerStatuses } }
}

const exited = (exitCode: number) => ({ terminated: { exitCode } })
const runs = { running: { startedAt: "2026-01-02T03:04:05Z" } }

describe("a hook in a pod with more containers", () => {
  test("is done once its own has ended well, though a proxy that was added never ends", async () => {
    cluster.pods = [podWith({ app: runs, "istio-proxy": runs })]
    const running = start()
    await timer.pass(10_000)
    expect(running.answered).toBeUndefined()
    cluster.pods = [podWith({ app: exited(0), "istio-proxy": runs })]
    await timer.pass(2_000)
    expect(running.answered).toBeNull()
    expect(cluster.ended).toEqual([`${job} envseal.dev/exit-status=0`])
  })

  test("has failed once its own has, and its Job is ended too", async () => {
    cluster.pods = [podWith({ app: exited(3), "istio-proxy": runs })]
    const running = start()
    await timer.pass(0)
    expect(running.answered).toMatchObject(hookFailed("the hook migrate failed with exit status 3"))
    expect(cluster.ended).toEqual([`${job} envseal.dev/exit-status=3`])
  })

  test("is done though its Job failed, when only another container did", async () => {
    cluster.pods = [podWith({ app: exited(0), "istio-proxy": exited(137) }, "Failed")]
    cluster.end("Failed", "BackoffLimitExceeded")
    const running = start()
    await timer.pass(0)
    expect([running.answered, cluster.ended]).toEqual([null, []])
  })

  test("waits for its Job where nothing else goes on in the pod", async () => {
    cluster.pods = [podWith({ app: exited(0), other: exited(0) })]
    const running = start()
    await timer.pass(4_000)
    expect([running.answered, cluster.ended]).toEqual([undefined, []])
    cluster.end("Complete")
    await timer.pass(2_000)
    expect(running.answered).toBeNull()
  })

  test("is done all the same when its Job may not be ended", async () => {
    cluster.endRefusal = new EnvsealError("ACCESS_DENIED", "no")
    cluster.pods = [podWith({ app: exited(0), "istio-proxy": runs })]
    const running = start()
    await timer.pass(0)
    expect(running.answered).toBeNull()
  })

  test.each([
    ["0", null],
    ["3", hookFailed("the hook migrate failed with exit status 3")],
  ])("that ended before with %s is known by its Job, whose pods are gone", async (exit, answered) => {
    cluster.there = [job]
    cluster.annotations = { "envseal.dev/exit-status": exit }
    cluster.end("Failed", "DeadlineExceeded")
    const running = start()
    await timer.pass(0)
    if (answered === null) expect(running.answered).toBeNull()
    else expect(running.answered).toMatchObject(answered)
    expect(cluster.created).toHaveLength(1)
  })
})

describe("a hook whose Job an earlier run began", () => {
  const waiting = { waiting: { reason: "PodInitializing" } }

  test("is begun again when its own container was never started", async () => {
    cluster.there = [job]
    cluster.pods = [podWith({ app: waiting }, "Failed")]
    cluster.end("Failed", "BackoffLimitExceeded")
    const running = start()
    await timer.pass(0)
    expect(running.told[0]).toBe(`began ${job}-2`)
    expect(cluster.created.map(({ metadata }) => metadata.name)).toEqual([job, `${job}-2`])
  })

  test.each([
    [4, `${job}-5`, 5],
    [5, `${job}-5`, 5],
  ])("of which %i never ran anything is that of %s, and no sixth", async (count, name, asked) => {
    cluster.there = [job, `${job}-2`, `${job}-3`, `${job}-4`, `${job}-5`].slice(0, count)
    cluster.pods = [podWith({ app: waiting }, "Failed")]
    cluster.end("Failed", "BackoffLimitExceeded")
    const running = start()
    await timer.pass(0)
    expect(running.told[0]).toBe(`began ${name}`)
    expect(cluster.created).toHaveLength(asked)
  })

  test.each<readonly [string, Pod[], () => void]>([
    ["its own container ran", [podWith({ app: exited(1) }, "Failed")], () => cluster.end("Failed")],
    ["its pod is gone", [], () => cluster.end("Failed")],
    ["it ran out of time", [podWith({ app: waiting })], () => cluster.end("Failed", "DeadlineExceeded")],
    ["it goes on", [podWith({ app: waiting })], () => {}],
    ["it is done", [podWith({ app: exited(0) })], () => cluster.end("Complete")],
  ])("keeps that Job when %s", async (_, pods, happen) => {
    cluster.there = [job]
    cluster.pods = pods
    happen()
    const running = start()
    await timer.pass(0)
    expect(running.told[0]).toBe(`began ${job}`)
    expect(cluster.created).toHaveLength(1)
  })
})

describe("a hook whose pod the cluster refuses", () => {
  const refusal = {
    type: "Warning",
    reason: "FailedCreate",
    message: 'Error creating: pods "x" is forbidden: exceeded quota: pods',
  }

  test("is given up after 15 seconds, for that reason", async () => {
    cluster.events = [refusal, { type: "Normal", reason: "SuccessfulCreate" }]
    const running = start()
    await timer.pass(13_999)
    expect(running.thrown).toBeUndefined()
    await timer.pass(2_001)
    expect(running.thrown).toMatchObject(
      hookFailed(`the hook migrate does not start: FailedCreate: ${refusal.message}`),
    )
  })

  test("goes on when its pod is there in time", async () => {
    cluster.events = [refusal]
    const running = start()
    await timer.pass(10_000)
    cluster.pods = [podWith({ app: runs })]
    await timer.pass(30_000)
    expect(running.thrown).toBeUndefined()
  })
})
