import { describe, expect, test } from "vitest"
import { open, seal } from "../../src/library.ts"
import { exampleShapes } from "../data/example-shapes.ts"
import { alice } from "../fake/keys.ts"
import { expectedFromEnv, same } from "./readers/expected.ts"
import type { Values } from "./readers/job.ts"
import { type Phpdotenv, phpdotenvs, readWithLaravel, readWithPhp } from "./readers/php.ts"

const context = { app: "shop" }
const texts = exampleShapes.map(({ text }) => text)
const installed = phpdotenvs()

/** What people put where an example has nothing. */
const fillings = [
  "hunter22",
  'p4$$ "w0rd" #1; it\'s \\fine',
  `base64:${Buffer.alloc(32, 7).toString("base64")}`,
  "mysql://app:p%40ss@db.internal:3306/shop?charset=utf8mb4",
  "-----BEGIN KEY-----\nYWJj\n-----END KEY-----\n",
]

/** The secret that an app with this example has: each name with what phpdotenv reads, or with a filling. */
function secretOf(values: Values): Record<string, string> {
  const filled = [...(values ?? [])].map(([name, value], at) => [
    name,
    value.toString() || fillings[at % fillings.length],
  ])
  return Object.fromEntries(filled)
}

async function carry(secret: Record<string, string>): Promise<{ text: string; warnings: string[] }> {
  const warnings: string[] = []
  const recipients = [alice.recipient.text]
  const onWarning = (text: string) => warnings.push(text)
  const sealed = await seal(JSON.stringify(secret), { recipients, context, onWarning })
  const { text } = await open(sealed, { identities: [alice.line], expect: context })
  return { text: text.reveal(), warnings }
}

function wrongNames(secret: Record<string, string>, read: Values): string[] {
  const names = new Set([...Object.keys(secret), ...(read?.keys() ?? [])])
  return [...names].filter((name) => read?.get(name)?.toString() !== secret[name])
}

/** Names for which Laravel's `env()` or `config()` gives something else than {@link expectedFromEnv} predicts. */
async function wrongInLaravel(
  phpdotenv: Phpdotenv,
  secret: Record<string, string>,
  text: string,
): Promise<string[]> {
  const names = Object.keys(secret)
  const { env, config } = await readWithLaravel(phpdotenv, text, names)
  return names.filter((name, at) => {
    const expected = expectedFromEnv(secret[name] ?? "")
    return !same(env[at], expected) || !same(config[at], expected)
  })
}

describe("the shapes of public example files, filled in", () => {
  test("are read by a phpdotenv of this machine", () => {
    expect(installed.length).toBeGreaterThan(0)
  })

  test.each(installed)(
    "are sealed, opened, and read by phpdotenv $version and Laravel as they were, with a median of no warning",
    async (phpdotenv) => {
      const examples = await readWithPhp(phpdotenv, texts)
      const secrets = examples.array.map(secretOf)
      const carried: { text: string; warnings: string[] }[] = []
      // A name that is refused would throw here.
      for (const secret of secrets) carried.push(await carry(secret))
      const read = await readWithPhp(
        phpdotenv,
        carried.map(({ text }) => text),
      )
      expect(secrets.flatMap((secret, at) => wrongNames(secret, read.array[at] ?? null))).toEqual([])
      const wrong: string[] = []
      for (const [at, secret] of secrets.entries())
        wrong.push(...(await wrongInLaravel(phpdotenv, secret, carried[at]?.text ?? "")))
      expect(wrong).toEqual([])
      const counts = carried.map(({ warnings }) => warnings.length).sort((a, b) => a - b)
      const median = counts[counts.length >> 1]
      console.log(
        `${counts.length} shapes, 0 names refused; warnings: median ${median}, most ${counts.at(-1)}`,
      )
      expect(secrets.length).toBeGreaterThanOrEqual(113)
      expect(Math.min(...secrets.map((secret) => Object.keys(secret).length))).toBeGreaterThanOrEqual(5)
      expect(median).toBe(0)
    },
  )
})
