import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { describe, expect, test } from "vitest"
import { parseContext } from "../../src/envelope/context.ts"
import { parseRecipient } from "../../src/envelope/recipient.ts"
import { provenance, sealed } from "../fake/sealed.ts"
import { context, openArgs, type Run, recipient, type Sandbox, sealedSandbox, standalone } from "./harness.ts"

const evil = 'require("node:fs").appendFileSync("evil.txt", "ran\\n")\nconsole.error("EVIL")\n'

/** What a runtime or a bundler may pick up in the folder that a program is started in. */
const files: Readonly<Record<string, string>> = {
  ".env.local": "AWS_ACCESS_KEY_ID=fromdotenv\nENVSEAL_EXPECT=app=other\nNODE_OPTIONS=--require ./evil.cjs\n",
  ".env.production": "ENVSEAL_IDENTITY_FILE=none\n",
  ".npmrc": "node-options=--require ./evil.cjs\n",
  "evil.cjs": evil,
  "evil.ts": evil,
  "bunfig.toml": 'preload = ["./evil.ts"]\n[run]\nshell = "none"\n',
  "package.json": '{"type": "commonjs", "main": "evil.cjs", "imports": {"#x": "./evil.cjs"}}',
  "tsconfig.json": '{"compilerOptions": {"paths": {"*": ["./evil.ts"]}, "baseUrl": "."}}',
  "node_modules/commander/package.json": '{"main": "index.js"}',
  "node_modules/commander/index.js": evil,
  "node_modules/age-encryption/package.json": '{"main": "index.js"}',
  "node_modules/age-encryption/index.js": evil,
  "node_modules/@aws-sdk/client-kms/index.js": evil,
}

async function hostileSandbox(): Promise<Sandbox> {
  const box = await sealedSandbox()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(box.path(name)), { recursive: true })
    writeFileSync(box.path(name), text)
  }
  return box
}

/** What a run comes to, without where it ran. */
function outcome({ status, stdout, stderr }: Run): object {
  return { status, stdout, stderr }
}

const commands: readonly (readonly string[])[] = [
  ["--version"],
  ["--help"],
  // What a person reads says how long ago it was sealed.
  ["inspect", "--json"],
  [...openArgs, "--stdout"],
  [...openArgs, "--env", "--", "sh", "-c", 'printf %s "$DB_PASSWORD"'],
  ["check", "-f", "file:secret.json"],
  ["diff", ".env.sealed", "file:secret.json", "-i", "key.txt"],
  ["open", "--stdout"],
]

describe.concurrent("a folder full of traps", () => {
  test.each(commands.map((args) => ({ args })))("changes nothing for envseal $args", async ({ args }) => {
    const [clean, hostile] = [await sealedSandbox(), await hostileSandbox()]
    // What is sealed differs by its time alone.
    writeFileSync(clean.path(".env.sealed"), readFileSync(hostile.path(".env.sealed")))
    const expected = await clean.envseal(args)
    expect(outcome(await hostile.envseal(args))).toEqual(outcome(expected))
    expect(hostile.list()).not.toContain("evil.txt")
  })

  test("and a .env in it change nothing for envseal open", async () => {
    const box = await hostileSandbox()
    writeFileSync(box.path(".env"), "ENVSEAL_IDENTITY_FILE=none\nDB_PASSWORD=wrong\nPATH=/none\n")
    const run = await box.envseal([...openArgs, "--env", "--", "sh", "-c", 'printf %s "$DB_PASSWORD"'])
    expect(outcome(run)).toEqual({ status: 0, stdout: "it's $5", stderr: "" })
    expect(box.list()).not.toContain("evil.txt")
  })
})

/** Twice what it takes, and half of what it took when a value was kept as a tree of its characters. */
const maxMebibytes = 300

/**
 * Linux counts the memory of the process that starts another one for that one, too. So a shell starts it: what started
 * the shell may be large.
 */
const fromSmall = ["-c", '"$@"; exit "$?"', "sh"]

test.runIf(standalone)(
  "an envelope of the largest values, which anyone can seal, takes no more memory than a few times its size",
  async () => {
    const box = await sealedSandbox()
    const lines = Array.from({ length: 100 }, (_, at) => `N${at}=${"y".repeat(130_000)}\n`)
    const envelope = await sealed({
      text: lines.join(""),
      context: parseContext([context], "test"),
      provenance: { ...provenance, names: lines.length },
      recipients: [parseRecipient(recipient, "test")],
      armored: false,
    })
    writeFileSync(box.path("large.sealed"), envelope)
    const peak = [process.execPath, "-e", "console.log(process.resourceUsage().maxRSS)"]
    const command = box.command([...openArgs, "-q", "--in", "large.sealed", "--", ...peak])
    const run = await box.run("sh", [...fromSmall, ...command])
    expect(run).toMatchObject({ status: 0, stderr: "" })
    expect(Number(run.stdout) / 1024).toBeLessThan(maxMebibytes)
  },
)

describe.concurrent("a stray variable of the runtime", () => {
  test.runIf(standalone).each([
    ["BUN_BE_BUN", "1"],
    ["BUN_OPTIONS", "--preload=./evil.ts"],
    ["BUN_INSPECT", "127.0.0.1:0/x"],
    ["BUN_INSPECT_PRELOAD", "./evil.ts"],
    ["BUN_CONFIG_VERBOSE_FETCH", "curl"],
    ["NODE_OPTIONS", "--require ./evil.cjs"],
    ["BUN_CONFIG", "bunfig.toml"],
    ["BUN", "BE_BUN=1"],
    ["BUN", "OPTIONS=--preload=./evil.ts"],
    ["BUN", "INSPECT=127.0.0.1:0/x"],
    ["BUN", "BYTECODE_ORDER_OUT=evil.txt"],
    ["", "UN_OPTIONS=--preload=./evil.ts"],
    ["JavaScriptCoreUseJIT", "0"],
  ])("%s=%s changes nothing for the binary", async (name, value) => {
    const box = await hostileSandbox()
    const args = [...openArgs, "--stdout"]
    const expected = await box.envseal(args)
    expect(expected.status).toBe(0)
    expect(outcome(await box.envseal(args, { env: { [name]: value } }))).toEqual(outcome(expected))
    expect(box.list()).not.toContain("evil.txt")
  })
})

test.runIf(standalone)(
  "where no machine code can be made, and so the C library not be called, open writes its file and becomes the command",
  async () => {
    const box = await sealedSandbox()
    const args = [...openArgs, "-q", "--out", "app.env", "--", "cat", "app.env"]
    const expected = await box.envseal([...openArgs, "-q", "--stdout"])
    const run = await box.envseal(args, { env: { JavaScriptCoreUseJIT: "0" } })
    expect(outcome(run)).toEqual(outcome(expected))
    const missing = await box.envseal(["open", "-i", "none", "--stdout"], {
      env: { JavaScriptCoreUseJIT: "0" },
    })
    expect(missing).toMatchObject({ status: 4, stdout: "" })
    expect(missing.stderr).toContain("[INPUT_UNREADABLE]")
  },
)

test("names that the runtime itself would obey are refused in a secret, or warned of", async () => {
  const names = ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT_PRELOAD", "NODE_OPTIONS"]
  const box = await sealedSandbox()
  const seal = (values: object) => {
    writeFileSync(box.path("values.json"), JSON.stringify(values))
    return box.envseal(["seal", "-f", "file:values.json", "-r", recipient, "-c", context, "-o", "out"])
  }
  const run = await seal(Object.fromEntries(names.map((name) => [name, "x"])))
  expect(run).toMatchObject({ status: 4, stdout: "" })
  for (const name of names) expect(run.stderr).toContain(`${name} could change which code the process runs`)
  expect(box.list()).not.toContain("out")
  const warned = await seal({ NODE_TLS_REJECT_UNAUTHORIZED: "0" })
  expect(warned.status).toBe(0)
  expect(warned.stderr).toContain("NODE_TLS_REJECT_UNAUTHORIZED changes which certificates the app trusts")
})
