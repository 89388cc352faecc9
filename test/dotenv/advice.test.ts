import { describe, expect, test } from "vitest"
import { Secret } from "../../src/core/secret.ts"
import { adviceOn } from "../../src/dotenv/advice.ts"

const entriesOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({
    name,
    kind: "string" as const,
    value: new Secret(value),
  }))
const advice = (values: Readonly<Record<string, string>>) => adviceOn(entriesOf(values), null)
const against = (values: Readonly<Record<string, string>>, example: Readonly<Record<string, string>>) =>
  adviceOn(entriesOf(values), {
    path: ".env.example",
    values: new Map(Object.entries(example)),
    wanted: new Set(Object.keys(example).filter((name) => name !== "EXCEPTED")),
  })

describe("the advice on a secret", () => {
  test("is none for true, false and null, which the console stores as text", () => {
    expect(advice({ A: "false", B: "true", C: "null", D: "False", E: "(null)", F: "x" })).toEqual([])
  })

  test("is one line for all names that Laravel's env() turns into an empty string", () => {
    expect(advice({ A: "empty", B: "(empty)", C: "x" })).toEqual([
      "A, B: each is a JSON string that Laravel's env() turns into an empty string",
    ])
  })

  test("is none for an empty key of AWS, and one line for keys that are set", () => {
    expect(advice({ AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", A: "x" })).toEqual([])
    expect(advice({ AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "x" })).toEqual([
      expect.stringContaining("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: each takes the place"),
    ])
  })

  test.each(["${APP_NAME}", "https://${APP_URL}/x"])("names a value that holds a reference: %s", (value) => {
    expect(advice({ A: value })).toEqual([expect.stringMatching(/^A holds \$\{…\}/)])
  })

  test.each(["$APP_NAME", "a$b{c}", "${}", "Pa$$w0rd"])(
    "says nothing of %s, which is no reference",
    (value) => {
      expect(advice({ A: value })).toEqual([])
    },
  )

  test.each([
    "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n",
    "-----BEGIN EC PRIVATE KEY-----\\r\\nx",
  ])("names a key whose line breaks are two characters: %s", (value) => {
    expect(advice({ A: value })).toEqual([expect.stringContaining("A holds a key whose line breaks")])
  })

  test("says nothing of a key with real line breaks", () => {
    expect(advice({ A: "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n" })).toEqual([])
  })

  test("names the required names that are empty on one line, and no other", () => {
    expect(
      against({ A: "", B: "", C: "", D: "x", EXCEPTED: "" }, { A: "1", B: "", D: "", EXCEPTED: "" }),
    ).toEqual(["A, B: each is empty, and .env.example requires it"])
  })

  test("is one line for a template that nobody filled in", () => {
    const unfilled = "every value is the one in .env.example: fill in the secret"
    const example = { A: "", B: "local", C: "${B}" }
    expect(against(example, example)).toEqual([unfilled])
    expect(against({ ...example, B: "production" }, example)).not.toContain(unfilled)
  })

  test("names what is for the asset build, where it has a value", () => {
    expect(advice({ VITE_APP_NAME: "Shop", MIX_KEY: "x", VITE_EMPTY: "", vite_x: "x", VITE_: "x" })).toEqual([
      expect.stringMatching(/^VITE_APP_NAME, MIX_KEY: each is for the asset build, .*build\.variables/),
    ])
  })

  test("never holds a value", () => {
    expect(JSON.stringify(advice({ A: " hunter2", B: "${HUNTER2}", C: '"hunter2"' }))).not.toMatch(/hunter2/i)
  })
})
