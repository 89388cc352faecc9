import fc from "fast-check"
import { expect, test } from "vitest"
import { stringify } from "yaml"
import { type Config, parseConfig } from "../../src/config/load.ts"
import { EnvsealError } from "../../src/core/error.ts"
import { runs } from "../dotenv/values.ts"

const right = `version: 1
app: shop
defaults: &d { region: eu-west-1, build: { project: shop } }
environments:
  staging: *d
  production:
    secret: [shop/production]
    workloads:
      - deployment/web
      - { cronjob: schedule, containers: [app] }
    rollout: { timeout: 5m, rollback: "no" }
`

/** What it gives, or the problems of its refusal: anything else that is thrown fails the test. */
function outcome(text: string): Config | EnvsealError {
  try {
    return parseConfig(text, "envseal.yaml")
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
}

function expectOutcome(text: string): void {
  const result = outcome(text)
  if (!(result instanceof EnvsealError)) return
  expect(result.code).toBe("CONFIG_MALFORMED")
  expect(result.problems.length).toBeGreaterThan(0)
  const lines = text.split("\n")
  for (const { name, reason } of result.problems) {
    const [, line, column] = /^envseal\.yaml:(\d+):(\d+)$/.exec(name) ?? []
    expect(Number(line)).toBeGreaterThanOrEqual(1)
    expect(Number(line)).toBeLessThanOrEqual(lines.length)
    expect(Number(column)).toBeGreaterThanOrEqual(1)
    expect(reason).not.toMatch(/\n|undefined|\[object|Invalid input/)
  }
}

const fragments = [
  ..."[]{}:,-?&*!|>'\"%@`#\n\t ~0",
  "  ",
  "\n    ",
  ": ",
  "- ",
  "---\n",
  "...\n",
  "<<: ",
  "&a ",
  "*a",
  "!!str ",
  "!x ",
  "%YAML 1.1\n",
  "__proto__: ",
  "version: 1\n",
  "environments:",
  "build:",
  "account: ",
  "\u{feff}",
  "\u0085",
  "\u2028",
  "\0",
  "\u{1f4a9}",
]

test("any text is taken or refused, each problem at a place in the text", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.constantFrom(...fragments), maxLength: 60 }),
      ),
      expectOutcome,
    ),
    runs(200),
  )
})

test("a right file with any damage is taken or refused, each problem at a place in the text", () => {
  const edit = fc.record({
    at: fc.nat(right.length),
    remove: fc.nat(12),
    insert: fc.string({ unit: fc.constantFrom(...fragments), maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      expectOutcome(
        edits.reduce(
          (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
          right,
        ),
      )
    }),
    runs(100),
  )
})

test("any data in YAML is taken or refused, each problem at a place in the text", () => {
  const name = fc.constantFrom(
    "version",
    "app",
    "defaults",
    "environments",
    "build",
    "hooks",
    "a",
    "workloads",
    "0",
  )
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie("data"), { maxLength: 4 }),
      fc.dictionary(name, tie("data"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }))
  fc.assert(
    fc.property(data, (value) => expectOutcome(stringify(value))),
    runs(100),
  )
})

test.each([
  ["brackets", "[".repeat(100_000)],
  ["list items", "- ".repeat(100_000)],
  ["braces in a right place", `version: 1\napp: ${"{a: ".repeat(3_000)}`],
  ["levels of indentation", Array.from({ length: 1_000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n")],
  ["names", Array.from({ length: 50_000 }, (_, at) => `a${at}: 1`).join("\n")],
  ["equal names", "a: 1\n".repeat(50_000)],
  ["quotes", '"\n'.repeat(50_001)],
  [
    "aliases that grow with each use",
    [
      "a: &a0 [x, x, x, x, x, x, x, x, x, x]",
      ...Array.from({ length: 9 }, (_, at) => `b${at}: &a${at + 1} [${`*a${at}, `.repeat(10)}]`),
    ].join("\n"),
  ],
  ["aliases", `a: &a x\nb: [${"*a, ".repeat(30_000)}]`],
])("very many %s are refused", (_, text) => {
  expect(outcome(text)).toMatchObject({ code: "CONFIG_MALFORMED" })
})

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/)
const duration = fc.record({ count: fc.integer({ min: 1, max: 48 }), unit: fc.constantFrom("s", "m", "h") })
const ms = { s: 1_000, m: 60_000, h: 3_600_000 }

test("what is written comes back, whatever the style of the YAML", () => {
  const environment = fc.record({
    account: fc.stringMatching(/^\d{12}$/),
    secret: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    source: fc.constantFrom(
      "main",
      "release/1.10",
      "1.10",
      "0x12",
      "1e3",
      "true",
      "null",
      "2026-01-02",
      "007",
    ),
    variables: fc.dictionary(fc.stringMatching(/^[A-BD-Z][A-Z0-9_]{0,8}$/), fc.string({ maxLength: 30 }), {
      noNullPrototype: true,
    }),
    context: fc.dictionary(word, fc.stringMatching(/^[A-Za-z0-9 _.:/=+@-]{1,30}$/), {
      maxKeys: 8,
      noNullPrototype: true,
    }),
    timeout: duration,
    names: fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
  })
  const style = fc.record({
    collectionStyle: fc.constantFrom("any" as const, "flow" as const, "block" as const),
    defaultStringType: fc.constantFrom("PLAIN" as const, "QUOTE_DOUBLE" as const, "QUOTE_SINGLE" as const),
    indent: fc.integer({ min: 1, max: 8 }),
    indentSeq: fc.boolean(),
  })
  fc.assert(
    fc.property(
      word,
      fc.dictionary(word, environment, { minKeys: 1, maxKeys: 3 }),
      style,
      (app, written, how) => {
        fc.pre(
          Object.values(written).every(
            ({ variables }) => !Object.values(variables).some((v) => v.includes("\0")),
          ),
        )
        const environments = Object.entries(written).map(
          ([name, { source, variables, timeout, names, ...rest }]) => [
            name,
            {
              ...rest,
              build: { project: "shop", source, variables, timeout: `${timeout.count}${timeout.unit}` },
              workloads: names.map((workload) => `statefulset/${workload}`),
            },
          ],
        )
        const text = stringify({ version: 1, app, environments: Object.fromEntries(environments) }, how)
        const config = parseConfig(text, "envseal.yaml")
        expect([...config.environments.keys()]).toEqual(Object.keys(written))
        for (const [name, { account, secret, source, variables, context, timeout, names }] of Object.entries(
          written,
        )) {
          expect(config.environments.get(name)).toMatchObject({
            name,
            app,
            account,
            secrets: secret,
            build: { source, variables, timeoutMs: timeout.count * ms[timeout.unit] },
            context,
            workloads: names.map((workload) => ({ kind: "StatefulSet", name: workload })),
          })
        }
      },
    ),
    runs(100),
  )
})
