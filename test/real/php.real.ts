import { readFileSync, writeFileSync } from "node:fs"
import { expect, test } from "vitest"
import { laravelCast } from "../../src/dotenv/laravel.ts"
import { openArgs, sealedSandbox } from "../script/harness.ts"
import { expectedFromEnv, same } from "./readers/expected.ts"
import { helper } from "./readers/job.ts"
import { phpLibraries } from "./readers/php.ts"
import { corpusSamples, sealed } from "./readers/sample.ts"

test("a secret sealed and opened by the built tool is what a real Laravel reads, started by open itself", async () => {
  const values = sealed(corpusSamples).map(({ value }) => value)
  const secret = Object.fromEntries(values.map((value, at) => [`V${at}`, value]))
  const box = await sealedSandbox(secret)
  const names = Object.keys(secret)
  writeFileSync(box.path("names.json"), JSON.stringify(names))
  const php = ["php", "-d", `include_path=${phpLibraries}`, helper("laravel.php")]
  const run = await box.envseal([...openArgs, "-q", "--", ...php])
  expect(run.status, run.stderr).toBe(0)
  const { env, config } = JSON.parse(readFileSync(box.path("result.json"), "utf8"))
  const untag = (tagged: { text?: string; value?: boolean | null }) =>
    tagged.text === undefined ? tagged.value : Buffer.from(tagged.text, "base64")
  const wrong = names.filter((_, at) => {
    const expected = expectedFromEnv(values[at] ?? "")
    return !same(untag(env[at]), expected) || !same(untag(config[at]), expected)
  })
  expect(names.length).toBeGreaterThanOrEqual(200)
  expect(values.filter((value) => laravelCast(value) === null).length).toBeGreaterThan(200)
  expect(wrong).toEqual([])
})

test("open -- php keeps the pid, arguments with spaces, exit status and input, and ignores what it ignores by itself", async () => {
  const box = await sealedSandbox()
  let pid = 0
  const run = await box.envseal(
    [...openArgs, "-q", "--", "php", helper("artisan.php"), "queue:work", "two words", ""],
    {
      stdin: "from stdin",
      watch: (child) => {
        pid = child.pid ?? 0
      },
    },
  )
  const plain = await box.run("php", [helper("artisan.php"), "queue:work", "two words", ""], {
    stdin: "from stdin",
  })
  expect(run).toMatchObject({ status: 7, stderr: "" })
  expect(run.stdout.startsWith(`pid ${pid}\narg [queue:work]\narg [two words]\narg []\n`)).toBe(true)
  expect(run.stdout.endsWith("\nfrom stdin")).toBe(true)
  expect(run.stdout.replace(/^pid \d+/, "")).toBe(plain.stdout.replace(/^pid \d+/, ""))
})

test("open -- php hands SIGTERM to PHP", async () => {
  const box = await sealedSandbox()
  const run = await box.envseal([...openArgs, "-q", "--", "php", helper("artisan.php"), "--wait"], {
    watch: (child) => {
      child.stdout?.on("data", (chunk) => {
        if (String(chunk).includes("ready")) child.kill("SIGTERM")
      })
    },
  })
  expect(run.status).toBe(42)
})
