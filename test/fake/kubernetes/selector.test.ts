import { describe, expect, test } from "vitest"
import type { Stored } from "./object.ts"
import { fieldSelector, labelSelector } from "./selector.ts"

function pod(name: string, labels?: Readonly<Record<string, string>>): Stored {
  const metadata = { name, namespace: "shop", uid: name, resourceVersion: "1", creationTimestamp: "" }
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: labels === undefined ? metadata : { ...metadata, labels },
  }
}

const pods = [
  pod("a", { app: "web", "kubernetes.io/tier": "front" }),
  pod("b", { app: "api" }),
  pod("c", { app: "" }),
  pod("d"),
]

describe("labels", () => {
  test.each([
    ["", "abcd"],
    ["app=web", "a"],
    ["app==web", "a"],
    ["app!=web", "bcd"],
    ["app=", "c"],
    ["app in (web,api)", "ab"],
    ["app notin (web, api)", "cd"],
    ["app", "abc"],
    ["!app", "d"],
    ["app in (web,api),kubernetes.io/tier=front", "a"],
    ["constructor", ""],
  ])("%j selects %s", (text, names) => {
    expect(
      pods
        .filter(labelSelector(text))
        .map(({ metadata }) => metadata.name)
        .join(""),
    ).toBe(names)
  })

  test("what is no selector is refused", () => {
    expect(() => labelSelector("app = = web")).toThrow("unable to parse requirement")
  })
})

describe("fields", () => {
  test.each([
    ["metadata.name=a", "a"],
    ["metadata.name!=a", "bcd"],
    ["metadata.name=a,metadata.namespace=shop", "a"],
    ["metadata.namespace=other", ""],
  ])("%j selects %s", (text, names) => {
    expect(
      pods
        .filter(fieldSelector(text))
        .map(({ metadata }) => metadata.name)
        .join(""),
    ).toBe(names)
  })

  test.each(["metadata.labels=a", "name", "constructor=a"])("%j is refused", (text) => {
    expect(() => fieldSelector(text)).toThrow("is not a known field selector")
  })
})
