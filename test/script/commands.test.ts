import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  context,
  identity,
  openArgs,
  recipient,
  runtimes,
  sandbox,
  sealedSandbox,
  standalone,
} from "./harness.ts"

const text = 'APP_KEY=base64:abc=\nDB_PASSWORD="it\'s \\$5"\n'

describe.concurrent.each(runtimes)("on $runtime", ({ executable }) => {
  test("seal and open give back the .env, for its owner alone", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal(openArgs, { executable })
    expect(run).toMatchObject({ status: 0, stdout: "" })
    expect(run.stderr).toContain("opened 2 names into")
    expect(readFileSync(box.path(".env"), "utf8")).toBe(text)
    expect(statSync(box.path(".env")).mode & 0o777).toBe(0o400)
    expect(box.list()).toEqual([".env", ".env.sealed", "key.txt", "secret.json"])
  })

  test("open --stdout prints the text and writes nothing", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal([...openArgs, "--stdout"], { executable })
    expect(run).toMatchObject({ status: 0, stdout: text, stderr: "" })
    expect(box.list()).not.toContain(".env")
  })

  test("keygen makes an identity that opens, and never overwrites it", async () => {
    const box = sandbox({ "secret.json": '{"A":"1"}' })
    const made = await box.envseal(["keygen", "-o", "k.txt"], { executable })
    expect(made).toMatchObject({ status: 0 })
    expect(statSync(box.path("k.txt")).mode & 0o777).toBe(0o600)
    const before = readFileSync(box.path("k.txt"), "utf8")
    const again = await box.envseal(["keygen", "-o", "k.txt"], { executable })
    expect(again).toMatchObject({ status: 4, stdout: "" })
    expect(again.stderr).toContain("[TARGET_EXISTS]")
    expect(readFileSync(box.path("k.txt"), "utf8")).toBe(before)
    await box.envseal(["seal", "-f", "file:secret.json", "-r", made.stdout.trim(), "-c", context], {
      executable,
    })
    expect(
      await box.envseal(["open", "-i", "k.txt", "--expect", context, "--stdout"], { executable }),
    ).toMatchObject({
      status: 0,
      stdout: "A=1\n",
    })
  })
})

describe.concurrent("commands", () => {
  test("keygen --pq makes a post-quantum identity that opens", async () => {
    const box = sandbox()
    const made = await box.envseal(["keygen", "--pq", "-o", "pq.txt", "--json"])
    const key = JSON.parse(made.stdout)
    expect(key.recipient).toMatch(/^age1pq1/)
    writeFileSync(box.path("team.txt"), `# us\n${key.recipient}\n`)
    await box.envseal(["seal", "-f", "-", "-R", "team.txt", "-c", context], { stdin: '{"A":1.10}' })
    const run = await box.envseal(["open", "-i", "pq.txt", "--expect", context, "--stdout"])
    expect(run).toMatchObject({ status: 0, stdout: "A=1.10\n" })
  })

  test("seal merges sources, says which wins, copies a variable, and keeps nested JSON when told", async () => {
    const box = sandbox({ "base.json": '{"A":"old","J":{"x": [1, 2.0]}}', "key.txt": identity })
    const env = { APP_SECRET: '{"A":"new"}', GIT_COMMIT: "abc123", CODEBUILD_BUILD_ID: "shop:1" }
    const args = [
      "-f",
      "file:base.json",
      "-f",
      "env:APP_SECRET",
      "--set-env",
      "GIT_COMMIT",
      "--nested",
      "json",
    ]
    const run = await box.envseal(["seal", ...args, "-r", recipient, "-c", context, "--json"], { env })
    expect(run.status, run.stderr).toBe(0)
    expect(run.stderr).toContain("A is in several sources; the one in env:APP_SECRET wins")
    expect(JSON.parse(run.stdout)).toMatchObject({
      out: ".env.sealed",
      provenance: { names: 3, buildId: "shop:1" },
    })
    const opened = await box.envseal([...openArgs, "--stdout"])
    expect(opened.stdout).toBe(`J='{"x":[1,2.0]}'\nA=new\nGIT_COMMIT=abc123\n`)
  })

  test("seal --binary --out - writes a binary envelope to standard output, and nothing else", async () => {
    const box = sandbox({ "secret.json": '{"A":"1"}' })
    const run = await box.envseal([
      "seal",
      "-f",
      "file:secret.json",
      "-r",
      recipient,
      "-c",
      context,
      "--binary",
      "-o",
      "-",
    ])
    expect(run.stdout.startsWith("age-encryption.org/v1\n")).toBe(true)
    expect(box.list()).toEqual(["secret.json"])
  })

  test("inspect shows context, provenance and recipients without a key", async () => {
    const box = await sealedSandbox()
    const plain = await box.envseal(["inspect"])
    expect(plain.status).toBe(0)
    for (const part of ["environment  test", "names       2", recipient, "envseal/context, X25519"]) {
      expect(plain.stdout).toContain(part)
    }
    const { context: pairs, recipients } = JSON.parse((await box.envseal(["inspect", "--json"])).stdout)
    expect(pairs).toEqual({ app: "shop", environment: "test" })
    expect(recipients).toEqual([recipient])
  })

  test("rekey changes who can open, and keeps context and provenance", async () => {
    const box = await sealedSandbox()
    const before = JSON.parse((await box.envseal(["inspect", "--json"])).stdout)
    const made = await box.envseal(["keygen", "-q", "-o", "new.txt"])
    expect((await box.envseal(["rekey", "-i", "key.txt", "-r", made.stdout.trim()])).status).toBe(0)
    const after = JSON.parse((await box.envseal(["inspect", "--json"])).stdout)
    expect(after).toMatchObject({ context: before.context, provenance: before.provenance })
    expect((await box.envseal([...openArgs, "--stdout"])).status).toBe(5)
    const run = await box.envseal(["open", "-i", "new.txt", "--expect", context, "--stdout"])
    expect(run).toMatchObject({ status: 0, stdout: text })
  })

  test("diff names what was added, removed and changed, ends with 3, and shows no value", async () => {
    const box = await sealedSandbox()
    writeFileSync(box.path("new.json"), '{"APP_KEY":"base64:other=","ADDED":"hunter2"}')
    const run = await box.envseal(["diff", ".env.sealed", "file:new.json", "-i", "key.txt"])
    expect(run).toMatchObject({ status: 3, stdout: "+ ADDED\n~ APP_KEY\n- DB_PASSWORD\n" })
    expect(run.stderr).not.toContain("hunter2")
    const same = await box.envseal(["diff", ".env.sealed", "file:secret.json", "-i", "key.txt", "--json"])
    expect(same.status).toBe(0)
    expect(JSON.parse(same.stdout)).toEqual({ same: true, differences: [] })
  })

  test("check lists every fault at once, ends with 3, and writes nothing", async () => {
    const box = sandbox({
      "s.json": '{"PATH":"x","B":{},"C":"a\\u0000b","C2":"ok"}',
      ".env.example": "C2=\nNEEDED=\n",
    })
    const run = await box.envseal(["check", "-f", "file:s.json", "--require", ".env.example"])
    expect(run.status).toBe(3)
    for (const line of ["PATH", "B is a JSON object [NESTED_VALUE]", "C holds a NUL", "NEEDED is required"]) {
      expect(run.stdout).toContain(line)
    }
    expect(run.stderr).toBe("envseal: 4 names cannot be sealed\n")
    expect(box.list()).toEqual([".env.example", "s.json"])
    expect((await box.envseal(["check", "-f", "-"], { stdin: '{"A":"1"}' })).status).toBe(0)
  })

  test("open takes the identity from the environment, and the expectation too", async () => {
    const box = await sealedSandbox()
    const byText = await box.envseal(["open", "--stdout"], {
      env: { ENVSEAL_IDENTITY: identity, ENVSEAL_EXPECT: context },
    })
    expect(byText).toMatchObject({ status: 0, stdout: text, stderr: "" })
    const byFile = await box.envseal(["open", "--stdout"], { env: { ENVSEAL_IDENTITY_FILE: "key.txt" } })
    expect(byFile).toMatchObject({ status: 0, stdout: text })
    expect(byFile.stderr).toContain(`pass --expect ${context}`)
  })

  test("open writes through a link to where it points, with the mode that was asked for", async () => {
    const box = await sealedSandbox()
    mkdirSync(box.path("memory"))
    symlinkSync("memory/env", box.path(".env"))
    expect((await box.envseal([...openArgs, "--mode", "0440"])).status).toBe(0)
    expect(lstatSync(box.path(".env")).isSymbolicLink()).toBe(true)
    expect(readFileSync(box.path("memory/env"), "utf8")).toBe(text)
    expect(statSync(box.path("memory/env")).mode & 0o777).toBe(0o440)
  })

  test("open warns of a name that the environment already has, and of an open mode", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal([...openArgs, "--mode", "0444"], { env: { APP_KEY: "" } })
    expect(run.stderr).toContain("APP_KEY is set in the environment, and wins over the file")
    expect(run.stderr).toContain("mode 0444 lets every user use the file")
    chmodSync(box.path(".env"), 0o600)
  })

  test("help goes to standard output, and a bare envseal is a usage error with help", async () => {
    const box = sandbox()
    const help = await box.envseal(["open", "--help"])
    expect(help).toMatchObject({ status: 0, stderr: "" })
    expect(help.stdout).toContain("--require-tmpfs")
    const bare = await box.envseal([])
    expect(bare).toMatchObject({ status: 2, stdout: "" })
    expect(bare.stderr).toContain("Usage: envseal")
    const runtime = standalone
      ? /^\d+\.\d+\.\d+ \(commit [0-9a-f]{12}(?:-dirty)?, Bun \d+\.\d+\.\d+\)\n$/
      : /^\d+\.\d+\.\d+ \(Node 24\.\d+\.\d+\)\n$/
    expect((await box.envseal(["--version"])).stdout).toMatch(runtime)
  })

  test("--json gives errors as JSON on standard error", async () => {
    const run = await sandbox().envseal(["inspect", "none", "--json"])
    expect(run).toMatchObject({ status: 4, stdout: "" })
    expect(JSON.parse(run.stderr).error).toMatchObject({ code: "INPUT_UNREADABLE" })
  })
})
