import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Terminal } from "../terminal.ts"
import { startEdit } from "./edit-box.ts"
import { canary, first, previous, type SecretStage, startSecretStage, withVersions } from "./stage.ts"

let stage: SecretStage
beforeAll(async () => {
  stage = await startSecretStage()
})
beforeEach(() => stage.reset())
afterAll(() => stage.aws.stop())

const key = `base64:${canary}-1=`
const operations = async () =>
  (await stage.aws.requests())
    .filter(({ service }) => service === "secretsmanager")
    .map(({ operation }) => operation)

describe("envseal secret set", () => {
  test("stores the value of standard input beside what is there, and says what rolls it out", async () => {
    const run = await stage.secret(["set", "production", "DB_PASSWORD", "--yes"], { stdin: "hunter2\n" })
    expect(run).toMatchObject({ status: 0, stdout: "" })
    expect(run.stderr).toContain("added: DB_PASSWORD")
    expect(run.stderr).toContain("roll it out: envseal deploy production")
    expect(run.stderr).not.toContain("hunter2")
    const [newest, before] = await stage.versions()
    expect(newest?.string).toBe(`{"APP_KEY":"${key}","PORT":5432,"DB_PASSWORD":"hunter2"}`)
    expect(newest?.stages).toContain("AWSCURRENT")
    expect(before?.stages).toEqual(["AWSPREVIOUS"])
  })

  test("with --rotate keeps the key before in APP_PREVIOUS_KEYS", async () => {
    for (const _ of [1, 2]) {
      const run = await stage.secret([
        ...["set", "production", "APP_KEY", "--generate", "laravel-key", "--rotate", "--yes", "--json"],
      ])
      expect(run).toMatchObject({ status: 0 })
      expect(`${run.stdout}${run.stderr}`).not.toMatch(/base64:/)
    }
    const { APP_KEY, APP_PREVIOUS_KEYS, PORT } = await stage.current()
    expect(APP_KEY).toMatch(/^base64:[A-Za-z0-9+/]{43}=$/)
    const [newer, older] = String(APP_PREVIOUS_KEYS).split(",")
    expect(newer).toMatch(/^base64:[A-Za-z0-9+/]{43}=$/)
    expect([older, PORT]).toEqual([key, 5432])
  })

  test.each([
    ["hex:32", /^[0-9a-f]{64}$/],
    ["base64:16", /^[A-Za-z0-9+/]{22}==$/],
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["password:24", /^[A-Za-z0-9_-]{24}$/],
  ])("--generate %s makes up a value", async (recipe, grammar) => {
    const run = await stage.secret(["set", "production", "NEW", "--generate", recipe, "--yes"])
    expect(run).toMatchObject({ status: 0 })
    expect((await stage.current())["NEW"]).toMatch(grammar)
  })

  test.each([
    ["a line break that is part of the value", "one\ntwo\n", "one\ntwo\n"],
    ["a CRLF that echo put there", "one\r\n", "one"],
    ["blanks", "  one \n", "  one "],
  ])("keeps %s as it is meant", async (_, stdin, value) => {
    await stage.secret(["set", "production", "NEW", "--yes"], { stdin })
    expect((await stage.current())["NEW"]).toBe(value)
  })

  test("asks for the value at a terminal without showing it, and then whether to store it", async () => {
    const command = stage.box.command(["secret", "set", "production", "DB_PASSWORD"])
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const terminal = new Terminal(command, { cwd: stage.box.folder, env })
    // In other programs, the key in between shows what was typed.
    await terminal.answer("Value of DB_PASSWORD:", "hunt\u0014er2")
    await terminal.answer("Make this the current version of shop/production?", "y")
    expect(await terminal.ended()).toBe(0)
    expect(terminal.screen).toContain("added: DB_PASSWORD")
    expect(terminal.screen).not.toContain("hunter2")
    expect((await stage.current())["DB_PASSWORD"]).toBe("hunter2")
  })

  test("refuses several lines at the hidden prompt, and takes none of them for an answer or for a command", async () => {
    const words = stage.box.command(["secret", "set", "production", "KEY_FILE"])
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const command = ["sh", "-c", '"$@"; echo "status $?"; exec cat', "sh", ...words]
    const terminal = new Terminal(command, { cwd: stage.box.folder, env })
    await terminal.answer("Value of KEY_FILE:", '{\ry\r"key": "hunter2x"\r}')
    await terminal.shows("status 4")
    terminal.type("typed\r\u0004")
    expect(await terminal.ended()).toBe(0)
    expect(terminal.screen).toContain("the value of KEY_FILE has several lines")
    expect(terminal.screen).not.toContain("hunter2")
    expect(terminal.screen.split("status 4")[1]).not.toContain("x")
    expect(await operations()).not.toContain("PutSecretValue")
  })

  test("takes no answer at the hidden prompt for no value, also with --yes", async () => {
    const command = stage.box.command(["secret", "set", "production", "APP_KEY", "--yes"])
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const terminal = new Terminal(command, { cwd: stage.box.folder, env })
    await terminal.answer("Value of APP_KEY:", "")
    expect(await terminal.ended()).toBe(2)
    expect(terminal.screen).toContain("[USAGE]")
    expect(await stage.current()).toEqual({ APP_KEY: key, PORT: 5432 })
  })

  test("changes nothing when the answer is no", async () => {
    const command = stage.box.command(["secret", "unset", "production", "PORT"])
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const terminal = new Terminal(command, { cwd: stage.box.folder, env })
    await terminal.answer("Make this the current version", "n")
    expect(await terminal.ended()).toBe(3)
    expect(await stage.current()).toEqual({ APP_KEY: key, PORT: 5432 })
    expect(await operations()).not.toContain("PutSecretValue")
  })

  test("with --json tells a program too that the answer was no", async () => {
    const words = stage.box.command(["secret", "unset", "production", "PORT", "--json"])
    const command = ["sh", "-c", '"$@" >told.json', "sh", ...words]
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const terminal = new Terminal(command, { cwd: stage.box.folder, env })
    await terminal.answer("Make this the current version", "n")
    expect(await terminal.ended()).toBe(3)
    expect(JSON.parse(readFileSync(stage.box.path("told.json"), "utf8"))).toMatchObject({
      ...{ environment: "production", secret: "shop/production", version: null },
    })
    expect(await operations()).not.toContain("PutSecretValue")
  })

  test.each([
    ["for the value", ["set", "production", "A"], "Value of A:"],
    ["whether to store it", ["unset", "production", "PORT"], "Make this the current version"],
    ["whether to restore it", ["restore", "production", "AWSPREVIOUS"], "Make this the current version"],
  ])("ends with 130 on Ctrl-C at the question %s, and changes nothing", async (_, args, question) => {
    const env = { PATH: process.env["PATH"] ?? "", ...stage.env() }
    const terminal = new Terminal(stage.box.command(["secret", ...args]), { cwd: stage.box.folder, env })
    await terminal.shows(question)
    terminal.type("\u0003")
    expect(await terminal.ended()).toBe(130)
    expect(terminal.screen).toContain("interrupted; nothing was changed")
    expect(await operations()).not.toContain("PutSecretValue")
    expect(await operations()).not.toContain("UpdateSecretVersionStage")
  })

  const unsetting = ["unset", "production", "PORT"]
  const restoring = ["restore", "production", "AWSPREVIOUS"]
  const unmoved = "may have been stored, and has not become current unless it is the first"
  const moving = "is stored, and may have become current"

  test.each<[string, NodeJS.Signals, number, readonly string[], string, string]>([
    ["a version is stored", "SIGINT", 130, unsetting, "PutSecretValue", unmoved],
    ["it is made current", "SIGTERM", 143, unsetting, "UpdateSecretVersionStage", moving],
    ["an old one is made current", "SIGINT", 130, restoring, "UpdateSecretVersionStage", moving],
  ])("says where the version stands when, while %s, %s ends it", async (...row) => {
    const [, signal, status, args, operation, words] = row
    await stage.aws.fail({ operation, with: "hang" })
    const watch = async (child: ChildProcess) => {
      await expect.poll(operations).toContain(operation)
      child.kill(signal)
    }
    const run = await stage.secret([...args, "--yes", "--quiet"], { watch: (child) => void watch(child) })
    expect(run).toMatchObject({ status, stdout: "" })
    expect(run.stderr).toMatch(
      new RegExp(`ended by ${signal}: version [0-9a-f-]{36} of shop/production ${words}; `),
    )
    expect(run.stderr).toContain("envseal secret versions production")
  })

  test("of the value that is there already changes nothing", async () => {
    const run = await stage.secret(["set", "production", "PORT"], { stdin: "5432" })
    expect(run).toMatchObject({ status: 2 })
    const again = await stage.secret(["set", "production", "PORT", "--yes", "--json"], { stdin: "5432" })
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [], version: null })
    expect(await stage.versions()).toHaveLength(2)
  })
})

describe("envseal secret unset, rename, import and restore", () => {
  test("unset takes names out", async () => {
    expect(await stage.secret(["unset", "production", "PORT", "--yes"])).toMatchObject({ status: 0 })
    expect(await stage.current()).toEqual({ APP_KEY: key })
  })

  test("rename keeps value and place", async () => {
    expect(await stage.secret(["rename", "production", "APP_KEY", "KEY", "-y"])).toMatchObject({ status: 0 })
    expect(Object.entries(await stage.current())).toEqual([
      ["KEY", key],
      ["PORT", 5432],
    ])
  })

  test("import shows what would change where nobody can be asked, and stores nothing", async () => {
    const run = await stage.secret(["import", "production", "dotenv:-"], { stdin: "NEW=one\n" })
    expect(run.status).toBe(2)
    expect(run.stderr).toMatch(/added: NEW\n.*nobody can be asked.*\[USAGE\]/s)
    expect((await stage.secret(["names", "production"])).stdout).not.toContain("NEW")
  })

  test("import of a .env makes the first version, with --replace the only names", async () => {
    writeFileSync(stage.box.path(".env"), "# c\nHOST=db\nURL='mysql://x'\nKEY=\"a\\nb\"\n")
    const run = await stage.secret(["import", "staging", "dotenv:.env", "--yes"])
    expect(run).toMatchObject({ status: 0 })
    expect(run.stderr).toContain(", its first")
    const { secrets } = await stage.aws.world()
    const made = secrets.find(({ name }) => name === "shop/staging")?.versions ?? []
    expect(made.map(({ string }) => JSON.parse(string ?? ""))).toEqual([
      { HOST: "db", URL: "mysql://x", KEY: "a\nb" },
    ])
    const json = await stage.secret(["import", "staging", "-", "--replace", "--yes"], {
      stdin: '{"HOST": "db", "N": 1.10}',
    })
    expect(json.stderr).toContain("removed: KEY, URL")
    const names = await stage.secret(["names", "staging"])
    expect(names.stdout).toBe("HOST\nN\n")
  })

  test("restore makes the version before current again, and no new one", async () => {
    const run = await stage.secret(["restore", "production", "AWSPREVIOUS", "--yes"])
    expect(run).toMatchObject({ status: 0 })
    expect(await stage.current()).toMatchObject({ APP_KEY: `base64:${canary}-0=` })
    expect(await stage.versions()).toHaveLength(2)
  })

  test("restore leads back from a version that is no JSON", async () => {
    await withVersions(stage, [
      { id: first, stages: ["AWSCURRENT"], string: `oops ${canary}` },
      { id: previous, stages: ["AWSPREVIOUS"], string: '{"A":"1"}' },
    ])
    const broken = await stage.secret(["set", "production", "A", "--yes"], { stdin: "2" })
    expect(broken).toMatchObject({ status: 4, stdout: "" })
    expect(await stage.secret(["restore", "production", previous, "--yes"])).toMatchObject({ status: 0 })
    expect(await stage.current()).toEqual({ A: "1" })
  })
})

describe("nothing is stored", () => {
  test.each<[string, readonly string[], string, number, string]>([
    ["a name that may not be sealed", ["set", "production", "PATH", "--yes"], "x", 2, "USAGE"],
    ["a value typed in place of a name", ["set", "production", "A=hunter2", "--yes"], "x", 2, "USAGE"],
    ["a value as one argument more", ["set", "production", "A", "hunter2", "--yes"], "x", 2, "USAGE"],
    ["no value", ["set", "production", "A", "--yes"], "", 2, "USAGE"],
    ["a value with a NUL character", ["set", "production", "A", "--yes"], "hunter2\0", 4, "SECRET_REFUSED"],
    ["a recipe that can be guessed", ["set", "production", "A", "--generate", "hex:4", "-y"], "", 2, "USAGE"],
    ["--rotate of another name", ["set", "production", "A", "--rotate", "-y"], "hunter2", 2, "USAGE"],
    ["nobody to ask", ["set", "production", "A"], "hunter2", 2, "USAGE"],
    ["a name that is not there", ["unset", "production", "NONE", "-y"], "", 2, "USAGE"],
    ["a new name that is there", ["rename", "production", "PORT", "APP_KEY", "-y"], "", 2, "USAGE"],
    ["no name that would be left", ["unset", "production", "PORT", "APP_KEY", "-y"], "", 4, "SECRET_REFUSED"],
    ["70 KB", ["set", "production", "A", "--yes"], "hunter2".repeat(10_000), 4, "INPUT_TOO_LARGE"],
    [
      "a .env that readers disagree on",
      ["import", "production", "dotenv:-", "-y"],
      "A=hunter#2",
      4,
      "SECRET_REFUSED",
    ],
    ["a JSON source that is a .env", ["import", "production", "-", "-y"], "A=hunter2", 4, "SECRET_MALFORMED"],
    ["a version that is not there", ["restore", "production", "NONE", "-y"], "", 4, "SOURCE_MISSING"],
    ["another environment", ["names", "none"], "", 2, "USAGE"],
    ["nothing to do", [], "", 2, "USAGE"],
  ])("for %s, and no value is shown", async (_, args, stdin, status, code) => {
    const run = await stage.secret(args, { stdin })
    expect(run).toMatchObject({ status, stdout: "" })
    expect(run.stderr).toContain(`[${code}]`)
    expect(run.stderr).not.toContain("hunter")
    expect(run.stderr).not.toContain(canary)
    expect(await operations()).not.toContain("PutSecretValue")
    expect(await operations()).not.toContain("UpdateSecretVersionStage")
  })

  test("when a required name would go, and a step on the way to all of them is no reason", async () => {
    writeFileSync(stage.box.path(".env.example"), "APP_KEY=\nPORT=\nLATER=\n")
    const settings = readFileSync(stage.box.path("envseal.yaml"), "utf8")
    writeFileSync(
      stage.box.path("envseal.yaml"),
      settings.replace("secret: shop/production", "secret: shop/production\n    require: .env.example"),
    )
    const gone = await stage.secret(["unset", "production", "PORT", "--yes"])
    expect(gone).toMatchObject({ status: 4 })
    expect(gone.stderr).toContain("[MISSING_NAME]")
    const step = await stage.secret(["set", "production", "OTHER", "--yes"], { stdin: "x" })
    expect(step).toMatchObject({ status: 0 })
    expect(step.stderr).toContain("still missing, and required by .env.example: LATER")
  })

  test("while the secret is rotated, marked for deletion, or in another account", async () => {
    await withVersions(stage, [
      { id: first, stages: ["AWSCURRENT"], string: '{"A":"1"}' },
      { id: previous, stages: ["AWSPENDING"], string: '{"A":"2"}' },
    ])
    const args = ["set", "production", "B", "--yes"]
    expect(await stage.secret(args, { stdin: "x" })).toMatchObject({
      ...{ status: 7, stderr: expect.stringContaining("[SECRET_BUSY]") },
    })
    const world = await stage.aws.world()
    const secrets = world.secrets.map((one) => ({ ...one, deletedAt: "2026-01-01T00:00:00Z" }))
    await stage.aws.setWorld({ secrets })
    expect(await stage.secret(args, { stdin: "x" })).toMatchObject({
      ...{ status: 4, stderr: expect.stringContaining("marked for deletion") },
    })
    const settings = readFileSync(stage.box.path("envseal.yaml"), "utf8")
    writeFileSync(stage.box.path("envseal.yaml"), settings.replaceAll("111122223333", "444455556666"))
    await stage.aws.clearRequests()
    expect(await stage.secret(args, { stdin: "x" })).toMatchObject({
      ...{ status: 2, stderr: expect.stringContaining("[WRONG_ACCOUNT]") },
    })
    expect(await operations()).toEqual([])
  })
})

describe("the policies", () => {
  test.each([
    ["names", ["names", "production"]],
    ["set", ["set", "production", "A", "--yes"]],
    ["restore", ["restore", "production", "AWSPREVIOUS", "--yes"]],
    ["diff", ["diff", "production", "staging"]],
  ])("of a deployer let nobody read or write by secret %s", async (_, args) => {
    const run = await stage.secret(args, { role: "deployer", stdin: "x" })
    expect(run).toMatchObject({ status: 5, stdout: "" })
    expect(run.stderr).toContain("[ACCESS_DENIED]")
    expect(await stage.current()).toEqual({ APP_KEY: key, PORT: 5432 })
  })

  test("without the right to move labels keep the draft, and the current version", async () => {
    const { roles } = await stage.aws.world()
    const allowed = roles.find(({ name }) => name === "editor")
    const text = JSON.stringify(roles).replaceAll(
      "secretsmanager:UpdateSecretVersionStage",
      "secretsmanager:TagResource",
    )
    await stage.aws.setWorld({ roles: JSON.parse(text) })
    const run = await stage.secret(["set", "production", "A", "--yes"], { stdin: "hunter2" })
    await stage.aws.setWorld({ roles })
    expect(allowed).toBeDefined()
    expect(run).toMatchObject({ status: 5 })
    expect(run.stderr).toContain("secretsmanager:UpdateSecretVersionStage")
    expect(run.stderr).not.toContain("hunter2")
    expect(await stage.current()).toEqual({ APP_KEY: key, PORT: 5432 })
    const listed = await stage.secret(["versions", "production", "--json"])
    const { versions } = JSON.parse(listed.stdout)
    expect(versions.map(({ role }: { role: string }) => role)).toEqual(["draft", "current", "previous"])
    const swept = await stage.secret(["versions", "production", "--sweep"])
    expect(swept).toMatchObject({ status: 0 })
    expect(swept.stdout).not.toContain("draft")
  })
})

test("secret names and diff tell of names that cannot be sealed", async () => {
  const text = '{"A":"1","a.b":"hunter2","B":"2","B":"hunter2"}'
  await withVersions(stage, [{ id: first, stages: ["AWSCURRENT"], string: text }])
  const told = "the secret shop/production has names that cannot be sealed: a.b, B"
  const names = await stage.secret(["names", "production"])
  expect(names).toMatchObject({ status: 0, stdout: "A\nB\n" })
  expect(names.stderr).toContain(told)
  const differences = await stage.secret(["diff", "staging", "production"])
  expect(differences).toMatchObject({ status: 3, stdout: "added A\nadded B\n" })
  expect(differences.stderr).toContain(told)
  expect(differences.stderr).not.toContain("hunter2")
})

test("secret diff tells names, and ends with 3 when there are any", async () => {
  const none = await stage.secret(["diff", "production", "production"])
  expect(none).toMatchObject({ status: 0, stdout: "" })
  const some = await stage.secret(["diff", "production", "staging"])
  expect(some).toMatchObject({ status: 3, stdout: "removed APP_KEY\nremoved PORT\n" })
})

test("no command of the group shows a value, puts one into an argument, or into what AWS logs", async () => {
  const commands: readonly (readonly [readonly string[], string?])[] = [
    [["names", "production"]],
    [["set", "production", "A", "--yes"], `${canary}-stdin`],
    [["set", "production", "APP_KEY", "--rotate", "--yes"], `${canary}-rotated`],
    [["rename", "production", "A", "B", "--yes"]],
    [["import", "production", "dotenv:-", "--yes"], `C='${canary}-imported'\n`],
    [["versions", "production"]],
    [["restore", "production", "AWSPREVIOUS", "--yes"]],
    [["unset", "production", "B", "--yes"]],
    [["diff", "production", "staging"]],
  ]
  for (const [args, stdin = ""] of commands) {
    for (const more of [["--debug"], ["--debug", "--json"]]) {
      const run = await stage.secret([...args, ...more], { stdin })
      expect(`${run.stdout}${run.stderr}`, args.join(" ")).not.toContain(canary)
    }
  }
  for (const [script, args] of [
    [`sed -i "s/^APP_KEY=.*/APP_KEY=${canary}-edited/" "$file"`, ["--yes", "--debug"]],
    [`[ $time = 1 ] && echo "A=${canary} 2" >> "$file"; true`, ["--debug", "--json"]],
  ] as const) {
    const { terminal, folder } = startEdit(stage, script, { args })
    await terminal.ended()
    expect(terminal.screen, args.join(" ")).not.toContain(canary)
    expect(existsSync(folder())).toBe(false)
  }
  for (const name of stage.box.list()) if (/^(?:seen-\d+|editor)$/.test(name)) rmSync(stage.box.path(name))
  // What the fake logs of a request is what CloudTrail has: no SecretString.
  expect(JSON.stringify(await stage.aws.requests())).not.toContain(canary)
  for (const name of stage.box.list()) {
    expect(readFileSync(stage.box.path(name)).includes(canary), name).toBe(false)
  }
})
