import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

const program = join(import.meta.dirname, "../../bin/envseal.js")
const secret = JSON.stringify({ APP_KEY: "base64:abc=", DB_PASSWORD: 'it\'s $5 "today"', NOTE: "a\nb" })

describe("Debian's age and age-keygen", () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "envseal-age-"))
    writeFileSync(join(folder, "secret.json"), secret)
    execFileSync("age-keygen", ["-o", "age.txt"], { cwd: folder, stdio: "ignore" })
    const recipient = execFileSync("age-keygen", ["-y", "age.txt"], { cwd: folder, encoding: "utf8" }).trim()
    envseal("keygen", "--out", "own.txt")
    const own = execFileSync("age-keygen", ["-y", "own.txt"], { cwd: folder, encoding: "utf8" }).trim()
    writeFileSync(join(folder, "team.txt"), `# the team\n${recipient}\n\n${own}\n`)
    const common = ["--from", "file:secret.json", "-R", "team.txt", "-c", "app=shop,environment=test"]
    envseal("seal", ...common)
    envseal("seal", ...common, "--binary", "--out", "binary.sealed")
    envseal("open", "--stdout", "-i", "own.txt", "--expect", "app=shop,environment=test")
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  function envseal(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      cwd: folder,
      encoding: "utf8",
    })
    expect(status, stderr).toBe(0)
    return stdout
  }

  const age = (...args: string[]) => execFileSync("age", args, { cwd: folder, encoding: "utf8" })

  test.each([".env.sealed", "binary.sealed"])(
    "open %s, whose context stanza they ignore, to the same text",
    (file) => {
      const text = envseal(
        "open",
        "--in",
        file,
        "--stdout",
        "-i",
        "age.txt",
        "--expect",
        "app=shop,environment=test",
      )
      expect(age("-d", "-i", "age.txt", file)).toBe(text)
      expect(age("-d", "-i", "own.txt", file)).toBe(text)
      expect(text).toContain("APP_KEY=base64:abc=")
    },
  )

  test("refuse a file whose context stanza was changed, as envseal does", () => {
    const file = readFileSync(join(folder, "binary.sealed"))
    const text = file.toString("latin1")
    const at = text.indexOf("\n", text.indexOf("-> envseal/context")) + 4
    file.writeUInt8(file.readUInt8(at) === 0x41 ? 0x42 : 0x41, at)
    writeFileSync(join(folder, "changed.sealed"), file)
    expect(spawnSync("age", ["-d", "-i", "age.txt", "changed.sealed"], { cwd: folder }).status).not.toBe(0)
  })

  test("make files that envseal open refuses, because they say nothing of what they are for", () => {
    execFileSync("age", ["-R", "team.txt", "-o", "plain.age", "secret.json"], { cwd: folder })
    const { status, stderr } = spawnSync(
      process.execPath,
      [program, "open", "--in", "plain.age", "-i", "age.txt"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    )
    expect(stderr).toContain("[CONTEXT_MALFORMED]")
    expect(status).toBe(6)
  })
})
