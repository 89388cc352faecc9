import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { openArgs, type Sandbox, sealedSandbox } from "../script/harness.ts"
import { helper } from "./readers/job.ts"
import { phpLibraries } from "./readers/php.ts"

const sealed = "sealed 6379\n"
const php = ["php", "-d", `include_path=${phpLibraries}`, "artisan"]
const asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

interface Case {
  readonly files?: Readonly<Record<string, string>>
  /** A link beside the app, and what it leads to. */
  readonly link?: readonly [string, string]
  readonly environment?: Readonly<Record<string, string>>
  /** What starts php. */
  readonly through?: readonly string[]
  /** Arguments of artisan. */
  readonly args?: readonly string[]
  readonly options?: readonly string[]
}

async function appBox({ files = {}, link }: Case): Promise<Sandbox> {
  const box = await sealedSandbox({ APP_KEY: "sealed", REDIS_PORT: "6379" })
  chmodSync(box.folder, 0o755)
  mkdirSync(box.path("bootstrap/cache"), { recursive: true })
  mkdirSync(box.path("closed"), { mode: 0o700 })
  writeFileSync(box.path("artisan"), readFileSync(helper("reading.php")))
  for (const [name, text] of Object.entries(files)) writeFileSync(box.path(name), text)
  if (link !== undefined) symlinkSync(link[1], box.path(link[0]))
  return box
}

const command = ({ through = [], args = ["serve"] }: Case) => [...through, ...php, ...args]

/** What the app reads when the file is written and nothing looks at where it starts. */
async function readWithout(one: Case): Promise<string> {
  const box = await appBox(one)
  const opened = await box.envseal([...openArgs, "-q", ...(one.options ?? [])])
  expect(opened.status, opened.stderr).toBe(0)
  const [program = "", ...args] = command(one)
  return (await box.run(program, args, { env: one.environment ?? {} })).stdout
}

async function open(one: Case) {
  const box = await appBox(one)
  const args = [...openArgs, ...(one.options ?? []), "--", ...command(one)]
  return box.envseal(args, { env: one.environment ?? {} })
}

const other = { ".env.staging": "APP_KEY=other\n" }
const cached = "<?php return [];\n"

describe("a real Laravel", () => {
  test.each<[string, Case]>([
    ["the file of root, as root", {}],
    ["the file of its own user", { through: asNobody, options: ["--owner", "nobody"] }],
    ["a file that a link leads to", { link: [".env", "memory.env"] }],
    [
      "the file although APP_ENV is set, without a file of that name",
      { environment: { APP_ENV: "production" } },
    ],
    [
      "the file that APP_ENV chooses",
      { environment: { APP_ENV: "staging" }, options: ["-o", ".env.staging"] },
    ],
  ])("reads %s, and open warns of nothing", async (_, one) => {
    expect(await readWithout(one)).toBe(sealed)
    const run = await open(one)
    expect(run).toMatchObject({ status: 0, stdout: sealed })
    expect(run.stderr).toMatch(/^envseal: opened 2 names into \S+\n$/)
  })

  test.each<[string, string, string, Case]>([
    ["a file that its user cannot read", "UNREADABLE_FILE", "nothing nothing\n", { through: asNobody }],
    [
      "a file in a folder that its user cannot enter",
      "UNREACHABLE_FILE",
      "nothing nothing\n",
      { through: asNobody, options: ["--owner", "nobody"], link: [".env", "closed/.env"] },
    ],
    [
      "nothing beside a cached configuration",
      "CONFIG_CACHED",
      "nothing nothing\n",
      { files: { "bootstrap/cache/config.php": cached } },
    ],
    [
      "nothing beside the file of a relative APP_CONFIG_CACHE",
      "CONFIG_CACHED",
      "nothing nothing\n",
      { files: { "closed/c.php": cached }, environment: { APP_CONFIG_CACHE: "closed/c.php" } },
    ],
    [
      "the file of APP_ENV",
      "OTHER_FILE",
      "other nothing\n",
      { files: other, environment: { APP_ENV: "staging" } },
    ],
    [
      "the file of --env",
      "OTHER_FILE",
      "other nothing\n",
      { files: other, args: ["serve", "--env=staging"] },
    ],
    [
      "a service's address",
      "SERVICE_LINK",
      "sealed tcp://10.0.0.11:6379\n",
      { environment: { REDIS_PORT: "tcp://10.0.0.11:6379" } },
    ],
  ])("reads %s, and open refuses to start it: %s", async (_, code, reads, one) => {
    expect(await readWithout(one)).toBe(reads)
    const run = await open(one)
    expect(run.stderr).toContain("[OPENED_IN_VAIN]")
    expect(run.stderr).toContain(`[${code}]`)
    expect(run).toMatchObject({ status: 4, stdout: "" })
  })

  test.each<[string, string, string, Case]>([
    ["an empty variable", "ENVIRONMENT_WINS", " 6379\n", { environment: { APP_KEY: "" } }],
    ["no file of another name", "OTHER_PLACE", "nothing nothing\n", { options: ["-o", "env"] }],
  ])("reads %s, and open warns: %s", async (_, code, reads, one) => {
    expect(await readWithout(one)).toBe(reads)
    const run = await open(one)
    expect(run.stderr.match(/warning: .*\[([A-Z_]+)\]/)?.[1]).toBe(code)
    expect(run).toMatchObject({ status: 0, stdout: reads })
  })
})
