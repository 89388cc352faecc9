import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { stringify } from "yaml"
import { addEnvironment } from "../../src/config/add-environment.ts"
import type { WrittenPart } from "../../src/config/entry-text.ts"
import { parseConfig } from "../../src/config/load.ts"
import { runs } from "../dotenv/values.ts"
import { failureOf } from "../fake/failure.ts"

const entry: WrittenPart = {
  secret: "shop/qa",
  recipients: ["aws-kms:alias/envseal-qa"],
  build: { project: "shop-qa" },
  cluster: { eks: "main", namespace: "shop-qa" },
}

function added(text: string, like = "staging", name = "qa"): string {
  return addEnvironment(text, "envseal.yaml", { name, entry, like })
}

/** What was put in. Fails when anything but one place is changed. */
function insertedInto(before: string, after: string): string {
  let at = 0
  while (at < before.length && before[at] === after[at]) at += 1
  const length = after.length - before.length
  for (let start = at; start >= 0; start -= 1) {
    if (after.slice(0, start) + after.slice(start + length) === before)
      return after.slice(start, start + length)
  }
  throw new Error("more than one place is changed")
}

describe("an environment is put", () => {
  test("after the others, in their style and with their distance, and what follows stays below it", () => {
    const text = `# Of the shop.
version: 1
app: shop   # its name
environments:
  production: {}

  # For the team.
  staging:
      secret: shop/staging # of the team
      recipients: [ 'aws-kms:alias/envseal-staging' ]
      build: { project: shop-staging }
      cluster:
          eks: main
          namespace: shop-staging
      # workloads: [deployment/web]

# The end.
defaults:
  region: eu-west-1
`
    const entryText = `
  qa:
      secret: shop/qa
      recipients: [ aws-kms:alias/envseal-qa ]
      build: { project: shop-qa }
      cluster:
          eks: main
          namespace: shop-qa
`
    expect(added(text)).toBe(text.replace("\n\n# The end.", `\n${entryText}\n# The end.`))
  })

  test.each([
    ["a file without a last line feed", "version: 1\napp: shop\nenvironments:\n  staging: {}"],
    ["a file with a comment at its end", "version: 1\napp: shop\nenvironments:\n  staging: {}\n# end"],
    [
      "lines that end as on Windows",
      "version: 1\r\napp: shop\r\nenvironments:\r\n  staging: {}\r\n# end\r\n",
    ],
    ["a byte order mark", "\u{feff}version: 1\napp: shop\nenvironments:\n  staging: {}\n"],
    ["brackets", "version: 1\napp: shop\nenvironments: { staging: {} }\n"],
    ["brackets with a comma at the end", "version: 1\napp: shop\nenvironments: { staging: {}, }\n"],
    ["JSON", '{"version": 1, "app": "shop", "environments": {\n    "staging": {}\n}}\n'],
    ["an alias as the last entry", "version: 1\napp: shop\ndefaults: &d {}\nenvironments:\n  staging: *d\n"],
    [
      "text of several lines at the end",
      "version: 1\napp: shop\nenvironments:\n  staging:\n    build:\n      project: shop\n      variables:\n        A: |+\n          a\n\n        # b\n",
    ],
    ["a document that is begun and ended", "---\nversion: 1\napp: shop\nenvironments:\n  staging: {}\n...\n"],
    [
      "a comment behind a mapping in brackets of several lines",
      "version: 1\napp: shop\nenvironments:\n  staging: {\n    region: eu-west-1 # here\n  } # there\n",
    ],
    ["one column of indentation", "version: 1\napp: shop\nenvironments:\n staging:\n  region: eu-west-1\n"],
  ])("into %s", (_, text) => {
    const after = added(text)
    insertedInto(text, after)
    expect(parseConfig(after, "envseal.yaml").environments.get("qa")).toMatchObject({ secrets: ["shop/qa"] })
    if (text.includes("\r\n")) expect(after).not.toMatch(/[^\r]\n/)
  })
})

test("environments that are an alias are left as they are, and the entry is told", async () => {
  const text = "version: 1\napp: &e\n  shop\nenvironments: *e\n"
  const failure = await failureOf(async () => added(text))
  expect(failure.code).toBe("CONFIG_MALFORMED")
})

test("a name that is there already is refused", async () => {
  const text = "version: 1\napp: shop\nenvironments:\n  qa: {}\n"
  expect(await failureOf(async () => added(text, "qa"))).toMatchObject({ code: "CONFIG_MALFORMED" })
})

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}[a-z0-9]$/)
const environment = fc.record(
  {
    region: fc.constant("eu-west-1"),
    secret: fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })),
    build: fc.record({ project: word, variables: fc.dictionary(fc.constant("A"), fc.string()) }),
    workloads: fc
      .uniqueArray(word, { minLength: 1, maxLength: 3 })
      .map((names) => names.map((name) => `deployment/${name}`)),
  },
  { requiredKeys: [] },
)
const style = fc.record({
  collectionStyle: fc.constantFrom("any" as const, "flow" as const, "block" as const),
  defaultStringType: fc.constantFrom("PLAIN" as const, "QUOTE_DOUBLE" as const, "BLOCK_LITERAL" as const),
  indent: fc.integer({ min: 1, max: 8 }),
  indentSeq: fc.boolean(),
})
const noise = fc.array(
  fc.record({
    at: fc.nat(),
    text: fc.constantFrom("\n", "# comment\n", "  # deeper\n", "      # deep\n", "   \n"),
  }),
  { maxLength: 6 },
)

/** Comments and empty lines between the lines of a file. */
function withNoise(text: string, lines: readonly { at: number; text: string }[]): string {
  return lines.reduce((whole, { at, text: line }) => {
    const starts = [...whole.matchAll(/^/gm)].map(({ index }) => index)
    const start = starts[at % starts.length] ?? 0
    return whole.slice(0, start) + line + whole.slice(start)
  }, text)
}

test("whatever the file looks like, nothing but the new entry is changed, and the result is right", () => {
  const file = fc.record({
    app: word,
    environments: fc.dictionary(word, environment, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
    after: fc.boolean(),
    how: style,
    lines: noise,
    windows: fc.boolean(),
  })
  fc.assert(
    fc.property(file, ({ app, environments, after: isAfter, how, lines, windows }) => {
      const data = {
        version: 1,
        app,
        environments,
        ...(isAfter ? { defaults: { account: "111122223333" } } : {}),
      }
      const unix = withNoise(stringify(data, how), lines)
      const text = windows ? unix.replaceAll("\n", "\r\n") : unix
      const right = (() => {
        try {
          return parseConfig(text, "f")
        } catch {
          return null
        }
      })()
      // Noise within a text of several lines can make it another one, or wrong.
      fc.pre(right !== null && !right.environments.has("qa"))
      const names = [...(right?.environments.keys() ?? [])]
      const result = addEnvironment(text, "f", { name: "qa", entry, like: names[0] ?? "" })
      insertedInto(text, result)
      const config = parseConfig(result, "f")
      expect([...config.environments.keys()]).toEqual([...names, "qa"])
      expect(config.environments.get("qa")).toMatchObject({
        secrets: ["shop/qa"],
        recipients: ["aws-kms:alias/envseal-qa"],
        cluster: { eks: "main", namespace: "shop-qa" },
      })
    }),
    runs(200),
  )
})
