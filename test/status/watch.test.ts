import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../src/core/error.ts"
import type { Observation } from "../../src/ports/cluster.ts"
import type { EnvironmentStatus } from "../../src/status/core/status.ts"
import type { StatusPorts } from "../../src/status/run/ports.ts"
import { lookAtEnvironment, StatusWatch } from "../../src/status/run/watch.ts"
import { build, deployment, pod, waits } from "../deploy/core/scene.ts"
import { FakeTimer } from "../fake/timer.ts"
import { settings, viewOf, withReleases } from "./scene.ts"

const release = { images: { app: "none" }, build: "shop:1", secretVersion: "v1" }

/** A cluster and an account of which a test chooses the answers. */
class FakeWorld {
  readonly timer = new FakeTimer()
  version: string | EnvsealError = "v1"
  refusal: EnvsealError | null = null
  expired: EnvsealError | null = null
  readonly asked: string[] = []
  readonly #observations: Observation[] = []
  #wake: () => void = () => {}

  see(...observations: readonly Observation[]): void {
    this.#observations.push(...observations)
    this.#wake()
  }

  get ports(): StatusPorts {
    const cluster = {
      name: "fake",
      server: "https://fake",
      serverName: null,
      observe: (_: unknown, signal: AbortSignal) => this.#observe(signal),
      readLease: async () => null,
    }
    return {
      timer: this.timer,
      connect: async () => {
        if (this.refusal !== null) throw this.refusal
        return cluster
      },
      account: {
        whoAmI: async () => {
          if (this.expired !== null) throw this.expired
          return { account: "111122223333", arn: "arn" }
        },
      },
      builder: {
        read: async (id) => {
          this.asked.push(id)
          return build({ id, startedAtMs: 0 })
        },
      },
      secretStore: {
        currentVersion: async (id) => {
          this.asked.push(id)
          if (this.version instanceof EnvsealError) throw this.version
          return { arn: id, versionId: this.version }
        },
      },
    }
  }

  async *#observe(signal: AbortSignal): AsyncGenerator<Observation, void> {
    while (!signal.aborted) {
      const next = this.#observations.shift()
      if (next !== undefined) yield next
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
          signal.addEventListener("abort", () => resolve())
        })
      }
    }
  }
}

const web = deployment(2, { updatedReplicas: 2, availableReplicas: 1 })
const image = web.spec.template.spec.containers[0]?.image ?? ""
const view = (pods: Parameters<typeof viewOf>[1]): Observation => ({
  type: "view",
  view: viewOf([withReleases(web, { ...release, images: { app: image } })], pods),
})
const slow = view([pod("a"), pod("b", { ready: false })])
const crashing = view([pod("a"), pod("b", waits("CrashLoopBackOff", 3, 1))])

/** Watches until the test is over. */
async function watching(
  world: FakeWorld,
  work: (told: readonly EnvironmentStatus[]) => Promise<void>,
  wanted = settings(),
): Promise<void> {
  const over = new AbortController()
  const told: EnvironmentStatus[] = []
  const run = new StatusWatch(wanted, world.ports, (status) => told.push(status)).run(over.signal)
  await work(told)
  over.abort()
  await run
}

const rolloutOf = (status: EnvironmentStatus | undefined) => status?.workloads[0]?.rollout.state

describe("a watch", () => {
  test("tells nothing before all was asked, and then only what changes", async () => {
    const world = new FakeWorld()
    await watching(world, async (told) => {
      await world.timer.pass(5_000)
      expect(told).toEqual([])
      world.see(slow)
      await world.timer.pass(5_000)
      expect(told).toHaveLength(1)
      expect(rolloutOf(told[0])).toBe("progressing")
      world.see(slow)
      await world.timer.pass(5_000)
      expect(told).toHaveLength(1)
    })
  })

  test("calls a trouble that came later a failure once it has lasted, without another view", async () => {
    const world = new FakeWorld()
    await watching(world, async (told) => {
      world.see(slow, crashing)
      await world.timer.pass(9_000)
      expect(rolloutOf(told.at(-1))).toBe("progressing")
      await world.timer.pass(2_000)
      expect(rolloutOf(told.at(-1))).toBe("failed")
    })
  })

  test("tells within a minute that the secret has changed, and asks for a build once", async () => {
    const world = new FakeWorld()
    await watching(world, async (told) => {
      world.see(slow)
      await world.timer.pass(1_000)
      world.version = "v2"
      world.see(crashing)
      await world.timer.pass(60_000)
      expect(told.at(-1)).toMatchObject({
        workloads: [{ secret: { state: "stale" }, builtAt: "1970-01-01T00:00:00.000Z" }],
      })
      expect(world.asked.filter((id) => id === "shop:1")).toHaveLength(1)
    })
  })

  test("keeps what it saw while the cluster cannot be seen, and says so", async () => {
    const world = new FakeWorld()
    await watching(world, async (told) => {
      world.see(slow, { type: "lost", why: "connection refused" })
      await world.timer.pass(1_000)
      expect(told.at(-1)).toMatchObject({ ok: null, failures: [{ code: "REMOTE_FAILED" }] })
      expect(rolloutOf(told.at(-1))).toBe("progressing")
      world.see(slow)
      await world.timer.pass(1_000)
      expect(told.at(-1)?.failures).toEqual([])
    })
  })

  test("calls no secret current once the account cannot be asked", async () => {
    const world = new FakeWorld()
    await watching(
      world,
      async (told) => {
        world.see(slow)
        await world.timer.pass(1_000)
        expect(told.at(-1)).toMatchObject({ workloads: [{ secret: { state: "current" } }] })
        world.expired = new EnvsealError("NO_CREDENTIALS", "the session has ended")
        await world.timer.pass(60_000)
        expect(told.at(-1)).toMatchObject({
          ok: null,
          workloads: [{ secret: { state: "unknown" } }],
          failures: [{ code: "NO_CREDENTIALS" }],
        })
      },
      { ...settings(), account: "111122223333" },
    )
  })

  test("tells a failure once that cluster and secrets have in common", async () => {
    const world = new FakeWorld()
    world.refusal = new EnvsealError("NO_CREDENTIALS", "the session has ended")
    world.version = new EnvsealError("NO_CREDENTIALS", "the session has ended")
    await watching(world, async (told) => {
      await world.timer.pass(1_000)
      expect(told.at(-1)?.failures).toMatchObject([{ code: "NO_CREDENTIALS" }])
    })
  })

  test("tries again what was refused", async () => {
    const world = new FakeWorld()
    world.refusal = new EnvsealError("NO_CREDENTIALS", "no way in")
    world.version = new EnvsealError("ACCESS_DENIED", "no version")
    await watching(world, async (told) => {
      await world.timer.pass(1_000)
      expect(told.at(-1)?.failures).toMatchObject([{ code: "NO_CREDENTIALS" }, { code: "ACCESS_DENIED" }])
      world.refusal = null
      world.version = "v1"
      world.see(slow)
      await world.timer.pass(60_000)
      expect(told.at(-1)).toMatchObject({ ok: true, failures: [] })
    })
  })
})

describe("a look", () => {
  test("ends with the first that is known of everything", async () => {
    const world = new FakeWorld()
    world.see(crashing)
    expect(rolloutOf(await lookAtEnvironment(settings(), world.ports))).toBe("failed")
  })

  test("does not wait for a cluster that is lost", async () => {
    const world = new FakeWorld()
    world.see({ type: "lost", why: "connection refused" })
    const { connect, ...others } = world.ports
    const never = new Promise<never>(() => {})
    const silent = async () => ({ ...(await connect()), readLease: () => never })
    const found = await lookAtEnvironment(settings(), { ...others, connect: silent })
    expect(found).toMatchObject({ ok: null, workloads: [], secrets: [{ version: "v1" }] })
  })

  test("lets a bug through", async () => {
    const world = new FakeWorld()
    const ports = { ...world.ports, account: { whoAmI: () => Promise.reject(new TypeError("a bug")) } }
    const pinned = { ...settings(), account: "111122223333" }
    await expect(lookAtEnvironment(pinned, ports)).rejects.toThrow(TypeError)
  })
})
