import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { context, openArgs, recipient, sandbox, sealedSandbox } from "./harness.ts"

describe.concurrent("a file called -", () => {
  test("is never made: keygen, rekey and open print instead", async () => {
    const box = await sealedSandbox()
    const made = await box.envseal(["keygen", "--out", "-"])
    expect(made.stdout).toMatch(/^AGE-SECRET-KEY-1/m)
    expect(made.stderr).toMatch(/^envseal: its recipient is age1/)
    const sealed = readFileSync(box.path(".env.sealed"))
    const rekey = ["rekey", "-i", "key.txt", "--expect", context, "-r", recipient]
    for (const args of [
      [...rekey, "--in", "-"],
      [...rekey, "--out", "-"],
    ]) {
      const run = await box.envseal(args, { stdin: sealed })
      expect(run.status, run.stderr).toBe(0)
      expect(run.stdout).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/)
    }
    const opened = await box.envseal([...openArgs, "--out", "-"])
    expect(opened.stdout).toContain("APP_KEY=")
    expect(box.list()).toEqual([".env.sealed", "key.txt", "secret.json"])
  })

  test("cannot hold an identity and a report at once", async () => {
    const box = sandbox()
    const run = await box.envseal(["keygen", "--out", "-", "--json"])
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("USAGE")
  })
})

describe.concurrent("what a command reads", () => {
  test("is not lost to what it writes, whatever path names it", async () => {
    const box = await sealedSandbox()
    symlinkSync(".env.sealed", box.path("link"))
    writeFileSync(box.path("to.txt"), `${recipient}\n`)
    const seal = ["seal", "-f", "file:secret.json", "-R", "to.txt", "-c", context]
    for (const args of [
      [...openArgs, "--out", ".env.sealed"],
      [...openArgs, "--out", "./link"],
      [...openArgs, "--out", box.path("key.txt")],
      [...seal, "--out", "secret.json"],
      [...seal, "--out", "to.txt"],
      ["rekey", "-i", "key.txt", "-r", recipient, "--out", "key.txt"],
    ]) {
      const before = box.list().map((name) => readFileSync(box.path(name), "utf8"))
      const run = await box.envseal(args)
      expect(run.status, args.join(" ")).toBe(2)
      expect(run.stderr).toContain("which is read [USAGE]")
      expect(box.list().map((name) => readFileSync(box.path(name), "utf8"))).toEqual(before)
    }
  })
})

describe.concurrent("an identity file", () => {
  test("that has none is one failure of one line, and no key service is asked", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal(["open", "-i", "/etc/passwd", "--expect", context])
    expect(run.stderr).toMatch(
      /^envseal: error: \/etc\/passwd has no identity in its \d+ lines \[IDENTITY_MALFORMED\]$/m,
    )
    expect(run.stderr).not.toContain("warning")
    expect(run.status).toBe(4)
  })

  test("that every user can read is warned about, and opens", async () => {
    const box = await sealedSandbox()
    chmodSync(box.path("key.txt"), 0o644)
    const run = await box.envseal([...openArgs, "--stdout"])
    expect(run.stderr).toContain("warning: every user of this machine can read key.txt")
    expect(run.status).toBe(0)
    chmodSync(box.path("key.txt"), 0o640)
    expect((await box.envseal([...openArgs, "--stdout"])).stderr).not.toContain("warning")
  })
})

describe.concurrent("a settings file", () => {
  const stranger = 65_533
  const settings = "app: shop\nenvironments:\n  production: {}\n"

  test("that another user put above with a .git of theirs is not taken", async () => {
    const box = sandbox({ "envseal.yaml": settings, "secret.json": "{}" })
    mkdirSync(box.path(".git"))
    writeFileSync(box.path(".git/HEAD"), "ref: refs/heads/main\n")
    mkdirSync(box.path("work"))
    const seal = () =>
      box.run("sh", ["-c", 'cd work && exec "$@"', "sh", ...box.command(["check", "-e", "production"])])
    expect((await seal()).stderr).not.toContain("[CONFIG_MISSING]")
    chownSync(box.path("envseal.yaml"), stranger, stranger)
    const planted = await seal()
    expect(planted.stderr).toContain(
      "../envseal.yaml belongs to another user and is not taken [CONFIG_MISSING]",
    )
    chownSync(box.path(".git"), stranger, stranger)
    const both = await seal()
    expect(both.stderr).toContain("[CONFIG_MISSING]")
    expect(both.status).toBe(2)
    // Who owns the folder that the command is run in can give it settings anyway.
    chownSync(box.path("work"), stranger, stranger)
    expect((await seal()).stderr).not.toContain("[CONFIG_MISSING]")
  })

  test("that another user put into a working directory that all can write to is not taken", async () => {
    const box = sandbox({ "envseal.yaml": settings })
    chownSync(box.path("envseal.yaml"), stranger, stranger)
    chownSync(box.folder, stranger, stranger)
    chmodSync(box.folder, 0o1777)
    const run = await box.envseal(["check", "-e", "production"])
    expect(run.stderr).toContain("belongs to another user and is not taken [CONFIG_MISSING]")
  })
})
