import { describe, expect, test } from "vitest"
import { sandbox, sealedSandbox } from "./harness.ts"

describe.concurrent("The command line", () => {
  test("prints the version for version, -v, -V and --version alike", async () => {
    const box = sandbox()
    const runs = await Promise.all(
      [["version"], ["-v"], ["-V"], ["--version"]].map((args) => box.envseal(args)),
    )
    for (const run of runs) expect(run).toMatchObject({ status: 0, stderr: "", stdout: runs[0]?.stdout })
    expect(runs[0]?.stdout).toMatch(/^\d+\.\d+\.\d+ \(.*\)\n$/)
  })

  test("without a command shows the help on standard error, and ends with 2", async () => {
    const run = await sandbox().envseal([])
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("Seal and open:")
  })

  test.each([["help"], ["help", "env", "add"], ["help", "environment"], ["env", "--help"]])(
    "prints the help of %j %j on standard output alone",
    async (...args) => {
      const run = await sandbox().envseal(args)
      expect(run).toMatchObject({ status: 0, stderr: "" })
      expect(run.stdout.length).toBeGreaterThan(100)
    },
  )

  test("tells a failure of a command below another one as JSON too", async () => {
    const run = await sandbox().envseal(["env", "add", "--json"])
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(JSON.parse(run.stderr)).toMatchObject({
      error: { code: "USAGE", message: "env add is given without <name>" },
    })
  })

  test("tells who writes a command where open takes an environment how a command is written", async () => {
    const box = await sealedSandbox()
    const run = await box.envseal(["open", "php-fpm"])
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("[CONFIG_MISSING]")
    expect(run.stderr).toContain("a command stands behind --: envseal open -- php-fpm\n")
    expect(box.list()).not.toContain(".env")
  })

  test("paints errors with FORCE_COLOR in a pipe, and not with --no-color", async () => {
    const box = sandbox()
    const env = { FORCE_COLOR: "1" }
    expect((await box.envseal(["inspect", "none"], { env })).stderr).toContain("\u001b[31merror:\u001b[0m")
    expect((await box.envseal(["inspect", "none", "--no-color"], { env })).stderr).not.toContain("\u001b")
    expect((await box.envseal(["open", "--in", "none", "--no-color"], { env })).stderr).not.toContain(
      "\u001b",
    )
  })
})

const settings = `version: 1
app: shop
environments:
  test:
    context: { app: shop, environment: test }
`

describe.concurrent("The environment is the argument or the option:", () => {
  test("open takes it in both forms", async () => {
    for (const args of [["test"], ["-e", "test"]]) {
      const box = await sealedSandbox({ A: "1" })
      await box.run("sh", ["-c", `cat > envseal.yaml <<'E'\n${settings}E`])
      const run = await box.envseal(["open", ...args, "-i", "key.txt", "--stdout"])
      expect(run).toMatchObject({ status: 0, stdout: "A=1\n" })
    }
  })

  test("doctor --offline, deploy and seal look for it in both forms", async () => {
    const box = sandbox({ "envseal.yaml": settings })
    for (const command of [
      ["doctor", "--offline"],
      ["deploy"],
      ["rollback"],
      ["seal"],
      ["check"],
      ["status"],
    ]) {
      for (const args of [["prod"], ["-e", "prod"]]) {
        const run = await box.envseal([...command, ...args])
        expect(run.status, command.join(" ")).toBe(2)
        expect(run.stderr).toContain("envseal.yaml has no environment prod")
      }
    }
  })
})
