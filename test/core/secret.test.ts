import { format, inspect } from "node:util"
import { expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"

const value = "hunter2-in-a-secret"
const secret = new Secret(value)

const routes: Readonly<Record<string, () => unknown>> = {
  template: () => `${secret}`,
  concatenation: () => `a${secret}`,
  "%s": () => format("%s", secret),
  "%o": () => format("%o", secret),
  "%O": () => format("%O", secret),
  "%j": () => format("%j", secret),
  inspect: () => inspect(secret),
  "inspect, showHidden": () => inspect(secret, { showHidden: true, depth: 9 }),
  "inspect without customInspect": () => inspect(secret, { customInspect: false, showHidden: true }),
  "inspect of a holder": () => inspect({ a: [new Map([[secret, { secret }]])] }, { depth: 9 }),
  JSON: () => JSON.stringify({ secret, list: [secret] }),
  "an error's cause": () => inspect(new Error("it failed", { cause: secret })),
  "its own keys": () => Reflect.ownKeys(secret).map(String).join(),
  entries: () => JSON.stringify(Object.entries(secret)),
  structuredClone: () => inspect(structuredClone(secret), { showHidden: true }),
}

test.each(Object.entries(routes))("a secret does not show itself through %s", (_, route) => {
  expect(String(route())).not.toContain(value)
})

test("a secret gives its value back when asked, and compares", () => {
  expect(secret.reveal()).toBe(value)
  expect(secret.equals(new Secret(value))).toBe(true)
  expect(secret.equals(new Secret(`${value} `))).toBe(false)
})
