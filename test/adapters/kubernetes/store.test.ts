import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { WatchedKind } from "../../../src/adapters/kubernetes/resource.ts"
import { Store } from "../../../src/adapters/kubernetes/store.ts"
import { parseWatchEvent } from "../../../src/adapters/kubernetes/watch-event.ts"

function pod(name: string, version: number, more: object = {}): WatchedKind {
  const metadata = { name, uid: `uid-${name}`, resourceVersion: String(version), ...more }
  return { metadata, spec: { containers: [] } }
}

const line = (type: string, object: unknown) => JSON.stringify({ type, object })

describe("a store", () => {
  test("holds what the server has after any list and any changes", () => {
    const names = fc.constantFrom("a", "b", "c", "d")
    const change = fc.record({ type: fc.constantFrom("ADDED", "MODIFIED", "DELETED"), name: names })
    fc.assert(
      fc.property(fc.uniqueArray(names), fc.array(change), (listed, changes) => {
        const store = new Store("Pod")
        store.replace(
          listed.map((name) => pod(name, 1)),
          "1",
        )
        const server = new Map(listed.map((name) => [name, "1"]))
        changes.forEach(({ type, name }, i) => {
          const version = i + 2
          store.apply(parseWatchEvent(line(type, pod(name, version))))
          if (type === "DELETED") server.delete(name)
          else server.set(name, String(version))
        })
        const held = store.objects.map(({ metadata }) => [metadata.name, metadata.resourceVersion])
        expect(new Map(held as [string, string][])).toEqual(server)
        expect(store.version).toBe(String(changes.length + 1))
      }),
    )
  })

  test("holds objects of one name in two namespaces, each by itself", () => {
    const store = new Store("Pod")
    const books = pod("web", 1, { namespace: "books" })
    store.replace([books, pod("web", 2, { namespace: "shop" })], "2")
    expect(store.objects).toHaveLength(2)
    store.apply(parseWatchEvent(line("DELETED", pod("web", 3, { namespace: "shop" }))))
    store.apply(parseWatchEvent(line("ADDED", pod("web", 4, { namespace: "staging" }))))
    expect(store.objects.map(({ metadata: { namespace } }) => namespace)).toEqual(["books", "staging"])
  })

  test("goes on from a bookmark, which changes nothing", () => {
    const store = new Store("Pod")
    store.replace([pod("a", 1)], "1")
    const bookmark = line("BOOKMARK", { kind: "Pod", metadata: { resourceVersion: "9" } })
    expect(store.apply(parseWatchEvent(bookmark))).toBe(false)
    expect(store.version).toBe("9")
    expect(store.objects).toHaveLength(1)
  })

  test("keeps its objects when the server has forgotten the version", () => {
    const store = new Store("Pod")
    store.replace([pod("a", 1)], "1")
    store.forgetVersion()
    expect(store.version).toBeNull()
    expect(store.objects).toHaveLength(1)
  })

  test("gives each object its kind, and drops what only the server keeps book of", () => {
    const store = new Store("Pod")
    store.replace([pod("a", 1, { managedFields: [{ manager: "kubelet" }], labels: { app: "web" } })], "1")
    expect(store.objects[0]).toMatchObject({ kind: "Pod", metadata: { labels: { app: "web" } } })
    expect(store.objects[0]?.metadata).not.toHaveProperty("managedFields")
  })
})

describe("a line of a watch", () => {
  test("that is an error is a failure with its code", () => {
    const object = { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" }
    expect(() => parseWatchEvent(line("ERROR", object))).toThrow(expect.objectContaining({ status: 410 }))
  })

  test.each([
    "",
    "null",
    "[]",
    "{",
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":{"metadata":{}}}',
    '{"type":"ADDED","object":{"metadata":null}}',
    '{"type":"MOVED","object":{"metadata":{"resourceVersion":"1"}}}',
    "<html>502</html>",
  ])("that is %j is a failure", (text) => {
    expect(() => parseWatchEvent(text)).toThrow(expect.objectContaining({ code: "ANSWER_UNREADABLE" }))
  })

  test("of any text is an event or a failure", () => {
    const events = fc.record({
      type: fc.constantFrom("ADDED", "DELETED", "BOOKMARK", "ERROR"),
      object: fc.jsonValue(),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          events.map((event) => JSON.stringify(event)),
        ),
        (text) => {
          let thrown: unknown = null
          try {
            parseWatchEvent(text)
          } catch (error) {
            thrown = error
          }
          expect(thrown === null || (thrown instanceof Error && thrown.name === "Failure")).toBe(true)
        },
      ),
    )
  })
})
