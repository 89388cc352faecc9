import { expect, test } from "vitest"
import type { LoggedRequest } from "./exchange.ts"
import { type FailureRule, Failures, refusalOf } from "./failures.ts"

const request: LoggedRequest = {
  verb: "patch",
  group: "apps",
  resource: "deployments",
  namespace: "shop",
  name: "web",
  path: "/apis/apps/v1/namespaces/shop/deployments/web",
  query: {},
  userAgent: "",
  user: "dev",
  outcome: "",
  status: 0,
}

function served(rules: readonly FailureRule[], count: number, asked: Partial<LoggedRequest> = {}) {
  const failures = new Failures()
  for (const rule of rules) failures.add(rule)
  return Array.from({ length: count }, () => failures.next({ ...request, ...asked }))
}

test("without rules nothing fails", () => {
  expect(served([], 2)).toEqual([null, null])
})

test("every request fails, a number of them, or those after a number", () => {
  expect(served([{ with: "hang" }], 2)).toEqual(["hang", "hang"])
  expect(served([{ with: "throttle", after: 1, times: 1 }], 3)).toEqual([null, "throttle", null])
  const rules: FailureRule[] = [
    { with: "throttle", times: 2 },
    { with: "reset", times: 1 },
  ]
  expect(served(rules, 4)).toEqual(["throttle", "throttle", "reset", null])
})

test.each<[rule: Omit<FailureRule, "with">, other: Partial<LoggedRequest>]>([
  [{ verb: "patch" }, { verb: "get" }],
  [{ resource: "deployments" }, { resource: "pods" }],
  [{ name: "web" }, { name: "api" }],
  [{ user: "dev" }, { user: "admin" }],
])("a rule for %j is for nothing else", (rule, other) => {
  expect(served([{ ...rule, with: "error" }], 1)).toEqual(["error"])
  expect(served([{ ...rule, with: "error" }], 1, other)).toEqual([null])
})

test("a rule that is none is refused", () => {
  const failures = new Failures()
  expect(() => failures.add({ with: "explode" as "hang" })).toThrow("unknown failure")
  expect(() => failures.add({ with: "hang", only: "x" } as FailureRule)).toThrow("unknown member only")
})

test("a refusal has the code of what it plays", () => {
  const codes = (["error", "unavailable", "throttle", "unauthorized", "expired"] as const).map(
    (failure) => refusalOf(failure)?.code,
  )
  expect(codes).toEqual([500, 503, 429, 401, 410])
  expect(refusalOf("hang")).toBeNull()
})
