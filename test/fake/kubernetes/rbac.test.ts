import { expect, test } from "vitest"
import { type Attempt, adminRules, forbidden, type Grant, isAllowed } from "./rbac.ts"

const attempt: Attempt = {
  verb: "patch",
  group: "apps",
  resource: "deployments",
  subresource: "",
  namespace: "shop",
  name: "web",
}
const rule = {
  apiGroups: ["apps"],
  resources: ["deployments"],
  verbs: ["get", "patch"],
  resourceNames: ["web"],
}
const grant: Grant = { namespace: "shop", rules: [rule] }

test("a rule allows what it names", () => {
  expect(isAllowed(grant, attempt)).toBe(true)
  expect(isAllowed({ rules: adminRules }, attempt)).toBe(true)
})

test.each<[title: string, other: Partial<Attempt>]>([
  ["another verb", { verb: "delete" }],
  ["another group", { group: "" }],
  ["another resource", { resource: "statefulsets" }],
  ["a subresource", { subresource: "scale" }],
  ["another name", { name: "api" }],
  ["no name", { name: "" }],
  ["another namespace", { namespace: "default" }],
])("and nothing else: %s", (_, other) => {
  expect(isAllowed(grant, { ...attempt, ...other })).toBe(false)
})

test("a subresource is named with its resource", () => {
  const rules = [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }]
  const log = { ...attempt, verb: "get", group: "", resource: "pods", subresource: "log", name: "web-1" }
  expect(isAllowed({ rules }, log)).toBe(true)
  expect(isAllowed({ rules }, { ...log, subresource: "" })).toBe(false)
})

test("a refusal is in the server's words", () => {
  expect(forbidden("dev", attempt).status).toEqual({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message:
      'deployments.apps "web" is forbidden: User "dev" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    reason: "Forbidden",
    details: { name: "web", group: "apps", kind: "deployments" },
    code: 403,
  })
  expect(forbidden("dev", { ...attempt, name: "", subresource: "log" }).message).toMatch(
    /^deployments.apps is forbidden: User "dev" cannot patch resource "deployments\/log"/,
  )
})
