import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { NetworkFailure } from "../../../src/adapters/kubernetes/failure.ts"
import { listAll } from "../../../src/adapters/kubernetes/list.ts"
import { type Operation, pathOf } from "../../../src/adapters/kubernetes/operation.ts"

const operation: Operation = {
  right: { verb: "list", group: "", resource: "pods", name: null },
  namespace: "shop",
  query: { labelSelector: "app=web" },
}

/** Answers with the items of one page after another. */
function server(pages: readonly (readonly number[])[], asked: Operation[] = []) {
  return async (request: Operation) => {
    asked.push(request)
    const index = Number(request.query?.["continue"] ?? 0)
    const next = index + 1 < pages.length ? { continue: String(index + 1) } : {}
    return { items: pages[index] ?? null, metadata: { resourceVersion: "7", ...next } }
  }
}

describe("a list", () => {
  test("is complete and in order, however many pages it has", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.integer())), async (pages) => {
        expect(await listAll(operation, server(pages))).toEqual({ items: pages.flat(), resourceVersion: "7" })
      }),
    )
  })

  test("keeps its selector on every page", async () => {
    const asked: Operation[] = []
    await listAll(operation, server([[1], [2]], asked))
    expect(asked.map(({ query }) => query)).toEqual([
      { labelSelector: "app=web", limit: 500 },
      { labelSelector: "app=web", limit: 500, continue: "1" },
    ])
  })

  test("is asked for as a whole when the server has forgotten where it was", async () => {
    const get = async (request: Operation) => {
      if (request.query?.["continue"] !== undefined)
        throw new NetworkFailure("", { status: 410, reason: "Expired" })
      if (request.query?.["limit"] !== undefined) return server([[1], [2]])(request)
      return { items: [1, 2, 3], metadata: { resourceVersion: "9" } }
    }
    expect(await listAll<number>(operation, get)).toEqual({ items: [1, 2, 3], resourceVersion: "9" })
  })

  test("is asked for with the same right on every page", async () => {
    const asked: Operation[] = []
    await listAll(operation, server([[1], [2]], asked))
    expect(asked.map(({ right, namespace }) => [right, namespace])).toEqual([
      [operation.right, "shop"],
      [operation.right, "shop"],
    ])
  })

  test.each([
    ["a failure of the server", new NetworkFailure("", { status: 503 })],
    ["a bug", new TypeError("x is not a function")],
  ])("is not asked for again after %s", async (_, thrown) => {
    let times = 0
    const get = async () => {
      times++
      throw thrown
    }
    await expect(listAll(operation, get)).rejects.toBe(thrown)
    expect(times).toBe(1)
  })

  test("that never ends is given up after a thousand pages", async () => {
    let times = 0
    const get = async () => {
      times++
      return { items: [times], metadata: { resourceVersion: "1", continue: "more" } }
    }
    await expect(listAll(operation, get)).rejects.toMatchObject({ code: "ANSWER_TOO_LARGE" })
    expect(times).toBe(1_000)
  })

  test.each([{}, { metadata: {} }, { items: "none", metadata: { resourceVersion: "1" } }])(
    "that is none, as %j, is a failure",
    async (page) => {
      const get = async () => page as Awaited<ReturnType<Parameters<typeof listAll>[1]>>
      await expect(listAll(operation, get)).rejects.toMatchObject({ code: "ANSWER_UNREADABLE" })
    },
  )
})

test("a path holds nothing that a name could break out by", () => {
  const right = { verb: "get", group: "apps", resource: "deployments", name: "../a?b#c" } as const
  expect(pathOf({ right, namespace: "a/b" })).toBe(
    "/apis/apps/v1/namespaces/a%2Fb/deployments/..%2Fa%3Fb%23c",
  )
  const log = { verb: "get", group: "", resource: "pods/log", name: "web-1" } as const
  expect(pathOf({ right: log, namespace: "shop", query: { previous: true } })).toBe(
    "/api/v1/namespaces/shop/pods/web-1/log?previous=true",
  )
})
