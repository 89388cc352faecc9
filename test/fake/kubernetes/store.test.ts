import { beforeEach, describe, expect, test } from "vitest"
import { ManualClock } from "./clock.ts"
import { type Change, Store } from "./store.ts"

let store: Store
beforeEach(() => {
  store = new Store(new ManualClock())
})

const place = (name: string) => ({ resource: "secrets", namespace: "shop", name }) as const
const create = (name: string) =>
  store.create("secrets", { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "shop" } })
const label = (name: string, value: string) =>
  store.update(place(name), (one) => ({ ...one, metadata: { ...one.metadata, labels: { a: value } } }))
const names = (objects: readonly { readonly metadata: { readonly name: string } }[]) =>
  objects.map(({ metadata }) => metadata.name)

test("every change has a higher revision, which the object carries", () => {
  const first = create("a")
  const second = create("b")
  const changed = label("a", "1")
  const revisions = [first, second, changed].map((object) => Number(object?.metadata.resourceVersion))
  expect(revisions).toEqual([1001, 1002, 1003])
  expect(changed?.metadata.uid).toBe(first.metadata.uid)
})

test("a second object of one name is refused", () => {
  create("a")
  expect(() => create("a")).toThrow('secrets "a" already exists')
})

test("a change that changes nothing is none", () => {
  create("a")
  label("a", "1")
  const { revision } = store
  label("a", "1")
  expect(store.revision).toBe(revision)
})

test("nothing happens to what is not there", () => {
  store.remove(place("a"))
  expect(label("a", "1")).toBeNull()
  expect(store.revision).toBe(1000)
})

describe("the past", () => {
  test("is there change by change, and as it was", () => {
    create("a")
    create("b")
    const { revision } = store
    label("a", "1")
    store.remove(place("b"))
    create("c")
    expect(store.since(revision).map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      "MODIFIED a",
      "DELETED b",
      "ADDED c",
    ])
    const then = store.listAt(revision, "secrets", "shop")
    expect(names(then)).toEqual(["a", "b"])
    expect(then[0]?.metadata.labels).toBeUndefined()
    expect(names(store.list("secrets"))).toEqual(["a", "c"])
  })

  test("is gone once it is forgotten", () => {
    const { revision } = store
    create("a")
    store.forget()
    expect(() => store.since(revision)).toThrow("too old resource version: 1000 (1001)")
    expect(store.since(store.revision)).toEqual([])
  })
})

test("all listeners see all changes in order, also those that a listener makes", () => {
  const seen: Change[] = []
  store.subscribe(({ object }) => {
    if (object.metadata.name === "a") create("b")
  })
  store.subscribe((change) => seen.push(change))
  create("a")
  expect(seen.map(({ revision }) => revision)).toEqual([1001, 1002])
})

test("a listener that was taken away sees nothing more", () => {
  let count = 0
  const stop = store.subscribe(() => {
    count += 1
  })
  create("a")
  stop()
  create("b")
  expect(count).toBe(1)
})
