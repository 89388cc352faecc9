import { beforeEach, describe, expect, test } from "vitest"
import type { Signal, Start } from "../../../src/deploy/core/plan.ts"
import type { Progress } from "../../../src/deploy/core/progress.ts"
import type { DeployState } from "../../../src/deploy/core/state.ts"
import type { DeployPorts } from "../../../src/deploy/run/ports.ts"
import { scopeOf } from "../../../src/deploy/run/request.ts"
import { Mailbox, runDeploy } from "../../../src/deploy/run/run.ts"
import type { Observation } from "../../../src/ports/cluster.ts"
import { LeaseCluster } from "../../fake/lease-cluster.ts"
import { FakeTimer } from "../../fake/timer.ts"
import { settings } from "../../status/scene.ts"
import { newImage, nowhere, oldImage, plan, pod } from "../core/scene.ts"
import { OneDeployment } from "./one-deployment.ts"

const token = "00000000-0000-4000-8000-000000000001"
const [, digest = ""] = newImage.split("@")

/** An environment with one Deployment, whose pods follow it at once and get ready where the test wants it. */
class Stage {
  readonly timer = new FakeTimer()
  readonly leases = new LeaseCluster()
  readonly web = new OneDeployment(oldImage, [])
  readonly told: Progress[] = []
  readonly states: DeployState[] = []
  /** Images whose pods are ready. */
  readonly healthy = new Set([oldImage, newImage])
  readonly bugs = new Map<string, Error>()
  watches = 0
  listeners = 0
  interrupt: (signal: Signal) => void = () => {}

  /** Runs a deploy, and lets so many seconds pass. */
  async run(seconds: number, start: Start = { type: "image", image: "v2" }) {
    const all = settings()
    const run = { plan: plan({ start }), settings: all, scope: scopeOf(all), by: "anna@laptop", token }
    const lock = { name: "lock", holder: `anna@laptop ${token}`, force: false }
    const audience = {
      progress: (progress: Progress) => this.told.push(progress),
      line: () => {},
      state: (state: DeployState) => this.states.push(state),
    }
    const outcome: { state: DeployState | null; error: unknown } = { state: null, error: null }
    runDeploy(run, lock, this.#ports, audience, { listen: (interrupt) => this.#listen(interrupt) }).then(
      (state) => {
        outcome.state = state
      },
      (error: unknown) => {
        outcome.error = error
      },
    )
    await this.timer.pass(seconds * 1_000)
    return outcome
  }

  get types(): readonly string[] {
    return this.told.map(({ type }) => type)
  }

  #listen(interrupt: (signal: Signal) => void): () => void {
    this.listeners++
    this.interrupt = interrupt
    return () => {
      this.listeners--
    }
  }

  get #ports(): DeployPorts {
    const registry: DeployPorts["registry"] = {
      knows: () => true,
      find: async () => {
        const bug = this.bugs.get("find")
        if (bug !== undefined) throw bug
        return { digest, pushedAtMs: 0, status: "ACTIVE", tags: [] }
      },
    }
    const cluster = {
      ...{ ...this.leases.port, ...this.web.port, name: "fake", namespace: "shop", server: "https://fake" },
      missingRights: async () => [],
      rehearse: async () => {},
      observe: (_: unknown, signal: AbortSignal) => this.#observe(signal),
      log: async () => [],
      events: async () => [],
    }
    const ports = {
      ...{ cluster, registry, timer: this.timer, clock: this.timer, random: () => 0.5 },
      account: { whoAmI: async () => ({ account: "1", arn: "arn" }) },
      log: { warn: () => {}, debug: () => {} },
    }
    return ports as unknown as DeployPorts
  }

  async *#observe(signal: AbortSignal): AsyncGenerator<Observation, void> {
    this.watches++
    while (!signal.aborted) {
      yield { type: "view", view: await this.#view() }
      await this.timer.sleep(1_000, signal)
    }
    this.watches--
  }

  async #view() {
    const { image } = this.web
    const live = await this.web.port.read({ kind: "Deployment", name: "web" })
    const ready = this.healthy.has(image)
    const pods = ["a", "b"].map((name) => pod(name, { image, ready }))
    return { ...nowhere, workloads: live === null ? [] : [live], pods }
  }
}

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})

describe("a run", () => {
  test("goes on until its end, and tells everything on the way", async () => {
    const { state } = await stage.run(5)
    expect(state?.phase).toEqual({ name: "ended", ending: { type: "deployed" } })
    expect(stage.types).toEqual(["checked", "locked", "image", "patched", "rollout", "rollout", "ended"])
    expect(stage.web.image).toBe(newImage)
  })

  test("shows each of its states, from the first to the one that it returns", async () => {
    const { state } = await stage.run(5)
    expect(stage.states[0]?.phase.name).toBe("checking")
    expect(stage.states.at(-1)).toBe(state)
  })

  test("leaves nothing behind: no lock, no watch, no listener and no beat of its clock", async () => {
    await stage.run(5)
    expect(stage.leases.lease).toBeNull()
    const before = stage.states.length
    await stage.timer.pass(60_000)
    expect([stage.watches, stage.listeners, stage.states.length]).toEqual([0, 0, before])
  })

  test("counts its time from its own beginning", async () => {
    await stage.timer.pass(1_000_000)
    stage.healthy.delete(newImage)
    await stage.run(30)
    expect(stage.states[0]?.nowMs).toBe(0)
    expect(stage.states.at(-1)?.nowMs).toBe(30_000)
  })

  test("holds its lock for as long as it goes on", async () => {
    stage.healthy.delete(newImage)
    await stage.run(12)
    expect(stage.leases.lease?.spec.renewTime).toMatch(/^1970-01-01T00:00:10\.\d{6}Z$/)
    await stage.timer.pass(11_000)
    expect(stage.leases.lease?.spec.renewTime).toMatch(/^1970-01-01T00:00:20\.\d{6}Z$/)
  })

  test("goes back when nothing moves, though nothing happens but that time goes on", async () => {
    stage.healthy.delete(newImage)
    const { state } = await stage.run(599)
    expect([state, stage.web.image]).toEqual([null, newImage])
    await stage.timer.pass(5_000)
    expect(stage.types).toEqual(expect.arrayContaining(["doomed", "going-back", "restored"]))
    expect(stage.told.at(-1)).toMatchObject({
      standing: "back",
      ending: { failure: { code: "ROLLOUT_FAILED" } },
    })
    expect([stage.web.image, stage.leases.lease]).toEqual([oldImage, null])
  })

  test("ends by an interrupt, gives back its lock, and leaves what was begun", async () => {
    stage.healthy.delete(newImage)
    const outcome = await stage.run(10)
    stage.interrupt("SIGTERM")
    await stage.timer.pass(0)
    expect(outcome.state?.phase).toMatchObject({ ending: { type: "interrupted", signal: "SIGTERM" } })
    expect([stage.web.image, stage.leases.lease, stage.listeners]).toEqual([newImage, null, 0])
  })

  test("is broken by a bug in what it does, and still stops all that it began", async () => {
    const bug = new TypeError("x is not a function")
    stage.bugs.set("find", bug)
    const { state, error } = await stage.run(5)
    expect([state, error]).toEqual([null, bug])
    const before = stage.states.length
    await stage.timer.pass(60_000)
    expect([stage.listeners, stage.states.length]).toEqual([0, before])
  })
})

describe("a mailbox", () => {
  test("gives events in the order in which they came, also to one who waits", async () => {
    const mailbox = new Mailbox<number>()
    const waiting = mailbox.take()
    for (const event of [1, 2, 3]) mailbox.put(event)
    expect([await waiting, await mailbox.take(), await mailbox.take()]).toEqual([1, 2, 3])
  })

  test("fails its reader by the first bug, before anything else that came", async () => {
    const mailbox = new Mailbox<number>()
    const waiting = mailbox.take()
    mailbox.crash(new Error("first"))
    mailbox.crash(new Error("second"))
    mailbox.put(1)
    await expect(waiting).rejects.toThrow("first")
    await expect(mailbox.take()).rejects.toThrow("first")
  })
})
