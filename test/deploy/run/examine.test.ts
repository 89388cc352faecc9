import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import type { ClusterEvent } from "../../../src/core/kubernetes.ts"
import type { Trouble } from "../../../src/deploy/core/verdict.ts"
import { examineTroubles } from "../../../src/deploy/run/examine.ts"
import type { Cluster, LogRequest } from "../../../src/ports/cluster.ts"

const ref = { kind: "Deployment", name: "web" } as const
const trouble: Trouble = {
  ...{ reason: "ImagePullBackOff", message: "", pod: "web-1", podUid: "uid-1", container: "app" },
  ...{ exitCode: null, restarts: 0, pods: 1 },
}

interface World {
  readonly events?: readonly ClusterEvent[] | EnvsealError
  readonly log?: (request: LogRequest) => readonly string[]
}

function examine(world: World, change: Partial<Trouble> = {}) {
  const asked: unknown[] = []
  const cluster = {
    events: async (uid: string) => {
      asked.push(uid)
      if (world.events instanceof EnvsealError) throw world.events
      return world.events ?? []
    },
    log: async (request: LogRequest) => {
      asked.push(request.previous)
      return world.log?.(request) ?? []
    },
    read: async () => ({ metadata: { uid: "uid-web" } }),
  }
  const clues = examineTroubles(cluster as unknown as Cluster, ref, { ...trouble, ...change })
  return clues.then((found) => ({ ...found, asked }))
}

const warning = (reason: string, fieldPath?: string): ClusterEvent => ({
  type: "Warning",
  reason,
  message: `it is ${reason}`,
  ...(fieldPath === undefined ? {} : { involvedObject: { fieldPath } }),
})
const usual = (reason: string): ClusterEvent => ({ ...warning(reason), type: "Normal" })
const app = "spec.containers{app}"

describe("of what was reported", () => {
  test("warnings of the container come first, then other warnings, then what is usual", async () => {
    const events = [
      usual("Scheduled"),
      warning("Failed", app),
      warning("MissingClusterDNS"),
      warning("BackOff", app),
      warning("Unhealthy", "spec.containers{nginx}"),
      usual("Pulling"),
    ]
    expect((await examine({ events })).events).toEqual([
      "Failed: it is Failed",
      "BackOff: it is BackOff",
      "MissingClusterDNS: it is MissingClusterDNS",
      "Unhealthy: it is Unhealthy",
      "Pulling: it is Pulling",
    ])
  })

  test("no crowd of others hides a warning of the container, and of many the latest are shown", async () => {
    const crowd = Array.from({ length: 9 }, (_, i) => warning(`Other${i}`))
    const found = await examine({ events: [warning("Failed", app), ...crowd] })
    const others = ["Other5", "Other6", "Other7", "Other8"].map((reason) => `${reason}: it is ${reason}`)
    expect(found.events).toEqual(["Failed: it is Failed", ...others])
    const own = Array.from({ length: 9 }, (_, i) => warning(`Own${i}`, app))
    const latest = ["Own4", "Own5", "Own6", "Own7", "Own8"].map((reason) => `${reason}: it is ${reason}`)
    expect((await examine({ events: [...own, ...crowd] })).events).toEqual(latest)
  })

  test("an init container is known by its name, and a name is not another's end", async () => {
    const events = [warning("One", "spec.initContainers{app}"), warning("Two", "spec.containers{my-app}")]
    expect((await examine({ events: events.toReversed() })).events[0]).toBe("One: it is One")
  })

  test("how often it happened is said where it was more than once", async () => {
    const events = [{ ...warning("BackOff", app), count: 3 }, { type: "Warning" }]
    expect((await examine({ events })).events).toEqual(["BackOff: it is BackOff (3 times)", ": "])
  })

  test("what is reported of the workload counts where no pod is in trouble", async () => {
    const found = await examine(
      { events: [warning("FailedCreate")] },
      { pod: null, podUid: null, container: null },
    )
    expect(found).toMatchObject({ log: [], events: ["FailedCreate: it is FailedCreate"], asked: ["uid-web"] })
  })
})

describe("the last lines of a container", () => {
  const log = ({ previous }: LogRequest) => (previous ? ["before"] : ["now"])

  test.each([
    ["that has not ended are those of its run", 0, log, ["now"]],
    ["that has ended are those of the run before", 1, log, ["before"]],
    [
      "that has ended without a line are those of its run",
      1,
      ({ previous }: LogRequest) => (previous ? [] : ["now"]),
      ["now"],
    ],
  ])("%s", async (_, restarts, lines, expected) => {
    expect((await examine({ log: lines }, { restarts })).log).toEqual(expected)
  })
})

test("what cannot be asked is left out", async () => {
  const denied = new EnvsealError("ACCESS_DENIED", "no")
  const log = () => {
    throw denied
  }
  expect(await examine({ events: denied, log })).toMatchObject({ log: [], events: [] })
})
