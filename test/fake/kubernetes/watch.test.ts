import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { deployment, type FakeKubernetes, startFakeKubernetes } from "./client.ts"
import { Wire } from "./wire.ts"

const leases = "/apis/coordination.k8s.io/v1/namespaces/shop/leases"
const watches = `${leases}?watch=true`

let fake: FakeKubernetes
let admin: Wire
beforeAll(async () => {
  fake = await startFakeKubernetes({ pace: { bookmarkMs: 30 } })
  admin = new Wire(fake, await fake.token("admin"))
})
beforeEach(async () => {
  await fake.clearFailures()
  for (const { metadata } of await fake.list("leases")) await fake.delete("leases", metadata.name)
})
afterAll(() => fake.stop())

async function create(name: string, labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const reply = await admin.send(leases, { method: "POST", body: { metadata: { name, labels }, spec: {} } })
  return (reply.body["metadata"] as { readonly resourceVersion: string }).resourceVersion
}

async function lines(path: string, count: number): Promise<readonly string[]> {
  const seen = await admin.watch(path, count)
  return seen.map(({ type, object }) => {
    const { metadata, code } = object as {
      readonly metadata: { readonly name?: string }
      readonly code?: number
    }
    return [type, code ?? metadata.name].join(" ").trim()
  })
}

/** Done when a watch is open. */
async function opened(): Promise<void> {
  await expect.poll(() => fake.watches()).toBeGreaterThan(0)
}

test("without a resource version, what is there comes first", async () => {
  await create("a")
  const seen = lines(watches, 3)
  await opened()
  await create("b")
  await fake.delete("leases", "a")
  expect(await seen).toEqual(["ADDED a", "ADDED b", "DELETED a"])
})

test("with one, what came after it", async () => {
  const since = await create("a")
  await create("b")
  expect(await lines(`${watches}&resourceVersion=${since}`, 1)).toEqual(["ADDED b"])
})

test("what leaves the selection is deleted, and what comes into it is added", async () => {
  const since = await create("a", { app: "web" })
  const seen = lines(`${watches}&labelSelector=app%3Dweb&resourceVersion=${since}`, 2)
  await fake.patch({ resource: "leases", name: "a" }, { metadata: { labels: { app: "api" } } })
  await fake.patch({ resource: "leases", name: "a" }, { metadata: { labels: { app: "web" } } })
  expect(await seen).toEqual(["DELETED a", "ADDED a"])
})

test("a selection by name is of that name alone", async () => {
  const since = await create("a")
  const seen = lines(`${watches}&fieldSelector=metadata.name%3Dc&resourceVersion=${since}`, 1)
  await create("b")
  await create("c")
  expect(await seen).toEqual(["ADDED c"])
})

test("bookmarks come to those who want them", async () => {
  const since = await create("a")
  const [bookmark] = await admin.watch(`${watches}&resourceVersion=${since}&allowWatchBookmarks=true`, 1)
  expect(bookmark).toMatchObject({
    type: "BOOKMARK",
    object: { kind: "Lease", metadata: { resourceVersion: since } },
  })
})

test("it ends after the time that the client gives it", async () => {
  await create("a")
  expect(await lines(`${watches}&timeoutSeconds=1`, 5)).toEqual(["ADDED a"])
})

test("a revision that is forgotten is told in the stream", async () => {
  const since = await create("a")
  await create("b")
  await fake.forget()
  expect(await lines(`${watches}&resourceVersion=${since}`, 5)).toEqual(["ERROR 410"])
})

describe("by a failure", () => {
  test("it is expired in the stream, or at once", async () => {
    await fake.fail({ verb: "watch", times: 1, with: "expired-event" })
    await fake.fail({ verb: "watch", times: 1, with: "expired" })
    expect(await lines(watches, 5)).toEqual(["ERROR 410"])
    expect((await admin.send(watches)).status).toBe(410)
  })

  test("nothing comes in it", async () => {
    await fake.fail({ verb: "watch", with: "stall" })
    const seen = lines(watches, 1)
    seen.catch(() => {})
    await create("a")
    const first = await Promise.race([seen, sleep(100, "nothing")])
    expect(first).toBe("nothing")
  })
})

describe("open watches", () => {
  test("are ended", async () => {
    const seen = lines(watches, 5)
    await opened()
    await fake.dropWatches("end")
    expect(await seen).toEqual([])
    expect(await fake.watches()).toBe(0)
  })

  test("are cut off", async () => {
    const cut = expect(lines(watches, 5)).rejects.toThrow("aborted")
    await opened()
    await fake.dropWatches("reset")
    await cut
  })

  test("fall silent", async () => {
    const seen = lines(watches, 1)
    seen.catch(() => {})
    await opened()
    await fake.dropWatches("stall")
    await create("a")
    const first = await Promise.race([seen, sleep(100, "nothing")])
    expect(first).toBe("nothing")
  })
})

test("a server that was restarted has the objects, and not the changes that led to them", async () => {
  const since = await create("a")
  await create("b")
  await fake.create(deployment("web", { image: "shop:1" }))
  const cut = expect(lines(watches, 5)).rejects.toThrow("aborted")
  await opened()
  await fake.restart(100)
  await cut
  expect(await lines(`${watches}&resourceVersion=${since}`, 5)).toEqual(["ERROR 410"])
  expect(await lines(watches, 2)).toEqual(["ADDED a", "ADDED b"])
  await fake.rolledOut("deployments", "web")
})
