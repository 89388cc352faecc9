import { beforeEach, describe, expect, test } from "vitest"
import type { ApiClient } from "../../../src/adapters/kubernetes/client.ts"
import { failureMayPass, NetworkFailure, ownCodes } from "../../../src/adapters/kubernetes/failure.ts"
import { type RequestLimits, usualLimits } from "../../../src/adapters/kubernetes/limits.ts"
import type { Operation } from "../../../src/adapters/kubernetes/operation.ts"
import { Reflector, type WatchTrouble } from "../../../src/adapters/kubernetes/reflector.ts"
import { pods } from "../../../src/adapters/kubernetes/resource.ts"
import type { StreamHandlers } from "../../../src/adapters/kubernetes/transport.ts"
import { EnvsealError } from "../../../src/core/error.ts"
import { pod } from "../../deploy/core/scene.ts"

/** What becomes of one request: a list of pods or a failure; of a watch, its lines and how it ends. */
type Answer =
  | { readonly pods: readonly string[]; readonly version: string }
  | { readonly lines: readonly string[]; readonly end?: Error }
  | { readonly failure: Error }

const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`
const changed = (name: string, version: string) => line("MODIFIED", podAt(name, version))
const podAt = (name: string, resourceVersion: string) => {
  const one = pod(name)
  return { ...one, metadata: { ...one.metadata, resourceVersion } }
}
const list = (version: string, ...names: readonly string[]): Answer => ({ pods: names, version })
const watch = (...lines: readonly string[]): Answer => ({ lines })
const reset = new NetworkFailure("", { code: "ECONNRESET" })
const expired = new NetworkFailure("", { status: 410, reason: "Expired" })
const denied = new NetworkFailure('pods is forbidden: User "anna" cannot list resource "pods"', {
  status: 403,
  reason: "Forbidden",
})
const badCertificate = new NetworkFailure("", { code: "CERT_HAS_EXPIRED" })

/** An API server that answers one request after the other as a test has it, and then ends the run. */
class Server {
  /** The requests: `list`, or `watch` with the version from where. */
  readonly asked: string[] = []
  /** Names of the pods, after each change. */
  readonly seen: (readonly string[] | null)[] = []
  readonly troubles: (WatchTrouble | null)[] = []
  readonly #answers: Answer[]
  readonly #over = new AbortController()
  readonly reflector: Reflector

  readonly #limits = { ...usualLimits, firstPauseMs: 0, longestPauseMs: 0 }

  constructor(...answers: readonly Answer[]) {
    this.#answers = [...answers]
    const client = {
      limits: this.#limits,
      access: { name: "fake", server: "https://fake" },
      passes: failureMayPass,
      onceForObject: async (operation: Operation) => this.#list(operation),
      stream: async (operation: Operation, handlers: StreamHandlers) => this.#watch(operation, handlers),
    }
    this.reflector = new Reflector(client as unknown as ApiClient, pods, "shop", () => {
      this.seen.push(this.reflector.objects?.map(({ metadata }) => metadata.name) ?? null)
      this.troubles.push(this.reflector.trouble)
    })
  }

  /** Has it pause so long after failures. */
  pausing(limits: Pick<RequestLimits, "firstPauseMs" | "longestPauseMs">): this {
    Object.assign(this.#limits, limits)
    return this
  }

  /** Runs until all answers are given. */
  async run(): Promise<this> {
    await this.reflector.run(this.#over.signal)
    return this
  }

  #next(request: string): Answer {
    const answer = this.#answers.shift()
    if (answer === undefined) {
      this.#over.abort()
      throw reset
    }
    this.asked.push(request)
    if ("failure" in answer) throw answer.failure
    return answer
  }

  #list({ query }: Operation) {
    expect(query).toEqual({ limit: 500 })
    const answer = this.#next("list")
    if (!("pods" in answer)) throw new Error("a list was asked for")
    const items = answer.pods.map((name) => podAt(name, answer.version))
    return { items, metadata: { resourceVersion: answer.version } }
  }

  #watch({ query = {} }: Operation, { onBegin, onChunk }: StreamHandlers) {
    expect(query).toMatchObject({ watch: true, allowWatchBookmarks: true })
    const answer = this.#next(`watch ${query["resourceVersion"]}`)
    if (!("lines" in answer)) throw new Error("a watch was asked for")
    onBegin()
    for (const text of answer.lines) onChunk(new TextEncoder().encode(text))
    if (answer.end !== undefined) throw answer.end
    return "ended"
  }
}

let server: Server

describe("a reflector", () => {
  beforeEach(async () => {
    server = await new Server(list("1", "a"), watch(changed("b", "2")), watch(), watch()).run()
  })

  test("lists once, and goes on from the last version that it knows", () => {
    expect(server.asked).toEqual(["list", "watch 1", "watch 2", "watch 2"])
  })

  test("holds what the server has, and says each time that something changed", () => {
    expect(server.seen.slice(0, 2)).toEqual([["a"], ["a", "b"]])
    expect(server.reflector.objects?.map(({ metadata }) => metadata.name)).toEqual(["a", "b"])
  })

  test("knows nothing before it was listed", () => {
    expect(new Server().reflector.objects).toBeNull()
  })
})

describe("a watch that brings what cannot be used", () => {
  test.each([
    ["is no JSON", "{\n"],
    ["is a proxy's page", "<html>\n"],
    ["has no object", `${JSON.stringify({ type: "ADDED" })}\n`],
    ["is of another type", line("MOVED", podAt("c", "9"))],
  ])("is followed by a new list when a line %s", async (_, text) => {
    server = await new Server(
      list("1", "a"),
      watch(changed("b", "2"), text),
      list("7", "a", "c"),
      watch(),
    ).run()
    expect(server.asked).toEqual(["list", "watch 1", "list", "watch 7"])
    expect(server.reflector.objects?.map(({ metadata }) => metadata.name)).toEqual(["a", "c"])
  })

  test("is followed by a new list when the server says that the version is too old", async () => {
    const status = { kind: "Status", code: 410, reason: "Expired" }
    server = await new Server(list("1"), watch(line("ERROR", status)), list("7"), watch()).run()
    expect(server.asked).toEqual(["list", "watch 1", "list", "watch 7"])
  })

  test("keeps what it holds until the new list is there", async () => {
    server = await new Server(list("1", "a"), watch("{\n"), { failure: reset }, list("7", "b")).run()
    expect(server.seen.every((names) => names !== null)).toBe(true)
    expect(server.seen).toContainEqual(["a"])
    expect(server.seen.at(-1)).toEqual(["b"])
  })
})

describe("a watch that breaks", () => {
  test("is begun again where it was, without a list", async () => {
    const broken: Answer = { lines: [changed("b", "2")], end: reset }
    server = await new Server(list("1", "a"), broken, { failure: reset }, watch()).run()
    expect(server.asked).toEqual(["list", "watch 1", "watch 2", "watch 2"])
  })

  test("by a version that is too old is followed by a list", async () => {
    server = await new Server(list("1"), { failure: expired }, list("7"), watch()).run()
    expect(server.asked).toEqual(["list", "watch 1", "list", "watch 7"])
  })

  test("is a trouble until the next one begins", async () => {
    server = await new Server(list("1"), { failure: reset }, { failure: reset }, watch()).run()
    const whys = server.troubles.map((trouble) => trouble?.why ?? null)
    expect(whys).toEqual([null, "connection reset", "connection reset", null])
    const [, first, second] = server.troubles
    expect(second?.sinceMs).toBe(first?.sinceMs)
    expect(server.reflector.trouble).toBeNull()
  })

  test("whose objects cannot be had for lack of a credential is a trouble in its words", async () => {
    const failure = new EnvsealError("REMOTE_FAILED", "the agent did not answer")
    server = await new Server({ failure }, list("1")).run()
    expect(server.troubles.map((trouble) => trouble?.why ?? null)).toEqual([
      "the agent did not answer",
      null,
      null,
    ])
  })
})

describe("what cannot pass", () => {
  test.each([
    ["the server denies it", { failure: denied }, "ACCESS_DENIED"],
    ["its certificate is bad before anything was listed", { failure: badCertificate }, "REMOTE_FAILED"],
    [
      "there is no credential",
      { failure: new EnvsealError("NO_CREDENTIALS", "the plugin is gone") },
      "NO_CREDENTIALS",
    ],
  ])("ends a reflector when %s", async (_, answer, code) => {
    await expect(new Server(answer, list("1")).run()).rejects.toMatchObject({ code })
  })

  test("ends one that has a list when the server denies the watch", async () => {
    const failing = new Server(list("1"), { failure: denied }, watch()).run()
    await expect(failing).rejects.toMatchObject({ code: "ACCESS_DENIED" })
  })

  test("is tried again when it befell a request on its way, once there was a list", async () => {
    server = await new Server(list("1"), { failure: badCertificate }, watch()).run()
    expect(server.asked).toEqual(["list", "watch 1", "watch 1"])
    expect(server.troubles.map((trouble) => trouble === null)).toEqual([true, false, true])
  })

  test("is a bug when it is no failure of the server", async () => {
    const bug = new TypeError("x is not a function")
    await expect(new Server(list("1"), { failure: bug }).run()).rejects.toBe(bug)
  })
})

test("an answer that is too large is a trouble, and no end", async () => {
  const failure = new NetworkFailure("", { code: ownCodes.tooLarge })
  server = await new Server(list("1"), { failure }, watch()).run()
  expect(server.troubles.map((trouble) => trouble?.why ?? null)).toEqual([
    null,
    "its answer is too large",
    null,
  ])
})

/** How long a run took, in milliseconds. A machine that is slow only makes it longer. */
async function timeOf(server: Server): Promise<number> {
  const startMs = performance.now()
  await server.run()
  return performance.now() - startMs
}

describe("a pause", () => {
  const hourMs = 3_600_000
  const failure: Answer = { failure: reset }

  test("follows each failure, and is twice as long each time", async () => {
    const failing = new Server(list("1"), failure, failure, failure, failure, failure)
    // At least 10, 20, 40, 80 and 160 ms, less what a timer may be early.
    expect(await timeOf(failing.pausing({ firstPauseMs: 20, longestPauseMs: hourMs }))).toBeGreaterThan(300)
  })

  test("follows a watch that ends soon and brought nothing", async () => {
    const empty = new Server(list("1"), watch(), watch())
    expect(await timeOf(empty.pausing({ firstPauseMs: 100, longestPauseMs: hourMs }))).toBeGreaterThan(140)
  })

  test("does not follow a watch that brought something", async () => {
    const useful = new Server(list("1"), watch(changed("a", "2")), watch(changed("b", "3")))
    await expect(useful.pausing({ firstPauseMs: hourMs, longestPauseMs: hourMs }).run()).resolves.toBe(useful)
  })

  test("is as long as the server asks for", async () => {
    const busy = new NetworkFailure("", { status: 429, retryAfterMs: 200 })
    const asked = new Server(list("1"), { failure: busy })
    expect(await timeOf(asked.pausing({ firstPauseMs: 1, longestPauseMs: hourMs }))).toBeGreaterThan(190)
  })

  test("has an end, whatever the server asks for and however often it failed", async () => {
    const busy = new NetworkFailure("", { status: 429, retryAfterMs: 24 * hourMs })
    const asked = new Server(list("1"), { failure: busy }, failure, failure)
    await expect(asked.pausing({ firstPauseMs: hourMs, longestPauseMs: 1 }).run()).resolves.toBe(asked)
  })
})
