import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { encodeUtf8 } from "../../src/core/text.ts"
import { readDotenvSecret } from "../../src/dotenv/dotenv-secret.ts"
import { dotenvText } from "../data/dotenv-text.ts"
import { phpOwned } from "../dotenv/special-names.ts"
import { sandbox } from "../script/harness.ts"
import type { Values } from "./readers/job.ts"
import { phpdotenvs, readWithLaravel, readWithPhp } from "./readers/php.ts"

const tried = 9_000

/** The texts that are read without a problem, each with what was read. */
function accepted(): { readonly text: string; readonly values: Readonly<Record<string, string>> }[] {
  return fc.sample(dotenvText, tried).flatMap((text) => {
    try {
      const { entries, problems } = readDotenvSecret(encodeUtf8(text), "it")
      const values = Object.fromEntries(entries.map(({ name, value }) => [name, value.reveal()]))
      return problems.length === 0 ? [{ text, values }] : []
    } catch {
      return []
    }
  })
}

function textsOf(read: Values | undefined): Record<string, string> {
  return Object.fromEntries([...(read ?? [])].map(([name, bytes]) => [name, bytes?.toString("utf8") ?? ""]))
}

describe("a .env that is accepted as a source", () => {
  const samples = accepted()

  test.each(phpdotenvs())("is what phpdotenv $version reads of it on an empty machine", async (phpdotenv) => {
    expect(samples.length).toBeGreaterThan(500)
    expect(samples.filter(({ text }) => text.includes("${A}")).length).toBeGreaterThan(3)
    const { array } = await readWithPhp(
      phpdotenv,
      samples.map(({ text }) => text),
    )
    const wrong = samples.filter(
      ({ values }, at) => JSON.stringify(textsOf(array[at])) !== JSON.stringify(values),
    )
    expect(wrong).toEqual([])
  })

  test("is sealed and opened to the same values", async () => {
    const text = 'HOST=db\nURL="mysql://${HOST}/x"\nKEY="a\nb"\nPLAIN=\'$x "y"\' # c\n'
    const box = sandbox({ ".env": text })
    const made = await box.envseal(["keygen", "-o", "key.txt"])
    const context = "app=shop,environment=local"
    await box.envseal(["seal", "-f", "dotenv:.env", "-r", made.stdout.trim(), "-c", context])
    const opened = await box.envseal(["open", "-i", "key.txt", "--expect", context, "--stdout"])
    const [phpdotenv] = phpdotenvs()
    if (phpdotenv === undefined) throw new Error("php-vlucas-phpdotenv is not installed")
    const { array } = await readWithPhp(phpdotenv, [text, opened.stdout])
    expect(textsOf(array[1])).toEqual(textsOf(array[0]))
    expect(textsOf(array[1])).toEqual({
      HOST: "db",
      URL: "mysql://db/x",
      KEY: "a\nb",
      PLAIN: '$x "y"',
    })
  })
})

test.each(phpdotenvs())(
  "Laravel gets PHP's own value of the names that are refused for it, with phpdotenv $version",
  async (phpdotenv) => {
    // The others are no text: one phpdotenv takes them for absent, and PHP itself loses its own then.
    const names = phpOwned.map(([name]) => name).filter((name) => !/^arg|^REQUEST/.test(name))
    const text = [...names, "OTHER"].map((name) => `${name}=mine\n`).join("")
    const { env } = await readWithLaravel(phpdotenv, text, [...names, "OTHER"])
    expect(env.map((value) => value?.toString())).toEqual([
      ...names.map(() => expect.not.stringMatching(/^mine$/)),
      "mine",
    ])
  },
)
