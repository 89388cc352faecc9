import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { binary, type Run } from "../script/harness.ts"
import { type SecretStage, startSecretStage } from "../script/secret/stage.ts"
import { Terminal } from "../script/terminal.ts"
import { filesWith, newMarker } from "./markers.ts"

const rounds = 100
const memory = "/dev/shm"
const signals = ["SIGKILL", "SIGTERM", "SIGKILL", "SIGINT"] as const

let stage: SecretStage
let marker: string
beforeAll(async () => {
  stage = await startSecretStage()
  marker = newMarker(stage.box.path("stamp"))
  const script =
    'for file; do :; done; sed -i "s/^PORT=.*/PORT=$VALUE/" "$file"; cp "$file" "$file~"; sleep 0.1'
  writeFileSync(stage.box.path("editor"), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
})
afterAll(() => stage.aws.stop())

/** How a command is run, and ended at a moment; `null` for one that is not. */
type Attempt = (
  value: string,
  kill: { readonly afterMs: number; readonly signal: NodeJS.Signals } | null,
) => Promise<void>

const set: Attempt = async (value, kill) => {
  const run: Promise<Run> = stage.secret(["set", "production", "PORT", "--yes"], {
    executable: binary,
    stdin: value,
    watch: (child) => kill !== null && setTimeout(() => child.kill(kill.signal), kill.afterMs),
  })
  const { stderr, stdout } = await run
  expect(`${stdout}${stderr}`).not.toContain(marker)
}

const edit: Attempt = async (value, kill) => {
  const { box } = stage
  rmSync(box.path("pid"), { force: true })
  const numbered = ["sh", "-c", 'echo "$$" > pid.new; mv pid.new pid; exec "$@"', "sh"]
  const command = [...numbered, binary, "secret", "edit", "production", "--yes"]
  const env = {
    ...{ PATH: process.env["PATH"] ?? "", TMPDIR: box.folder, HOME: box.folder },
    ...{ ...stage.env(), VISUAL: box.path("editor"), VALUE: value },
  }
  const terminal = new Terminal(command, { cwd: box.folder, env })
  if (kill !== null) {
    const pid = await pidOf(box.path("pid"))
    await new Promise((resolve) => setTimeout(resolve, kill.afterMs))
    try {
      process.kill(pid, kill.signal)
    } catch {
      // It has ended already.
    }
  }
  await terminal.ended()
  expect(terminal.screen).not.toContain(marker)
}

async function pidOf(file: string): Promise<number> {
  for (;;) {
    try {
      return Number(readFileSync(file, "utf8"))
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}

const currentValue = async () => String((await stage.current())["PORT"])

async function wholeMs(attempt: Attempt): Promise<number> {
  const began = performance.now()
  await attempt(`${marker}-whole`, null)
  expect(await currentValue()).toBe(`${marker}-whole`)
  return performance.now() - began
}

/** Folders of an edit that have a text of this test in them. Others come and go meanwhile. */
const plaintextInMemory = () =>
  readdirSync(memory)
    .filter((name) => /^\.?envseal-edit-/.test(name))
    .filter((name) => textsIn(join(memory, name)).some((text) => text.includes(marker)))

/** None where the folder goes while it is looked at. */
function textsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((file) => file.startsWith("production.env"))
    return names.map((file) => readFileSync(join(folder, file), "utf8"))
  } catch {
    return []
  }
}

test.each([
  ["set", set],
  ["edit", edit],
] as const)(
  `secret %s killed ${rounds / 2} times at any moment leaves the old value or the new one current`,
  async (name, attempt) => {
    const whole = await wholeMs(attempt)
    const outcomes = { old: 0, new: 0, "folders left": 0 }
    // Kept where both outcomes are about as likely, however fast the machine is by then.
    let spread = 1
    for (let round = 0; round < rounds / 2; round++) {
      const before = await currentValue()
      const value = `${marker}-${name}-${round}`
      const signal = signals[round % signals.length] ?? "SIGKILL"
      await attempt(value, { afterMs: whole * spread * Math.random(), signal })
      outcomes["folders left"] += plaintextInMemory().length
      const after = await currentValue()
      expect([before, value]).toContain(after)
      outcomes[after === value ? "new" : "old"] += 1
      spread *= after === value ? 0.93 : 1.07
      // A draft is what a kill between storing and moving leaves; ten of them stop all writing.
      if (round % 8 === 7) {
        expect(
          (await stage.secret(["versions", "production", "--sweep"], { executable: binary })).status,
        ).toBe(0)
      }
    }
    process.stdout.write(`secret ${name}: ${JSON.stringify(outcomes)}\n`)
    expect(outcomes.old).toBeGreaterThan(0)
    expect(outcomes.new).toBeGreaterThan(0)
  },
)

test("after them no plaintext is on the disk, and none in memory once there was another run", async () => {
  const left = plaintextInMemory()
  await edit(`${marker}-last`, null)
  expect(plaintextInMemory().filter((name) => left.includes(name))).toEqual([])
  expect(await currentValue()).toBe(`${marker}-last`)
  expect(await filesWith(marker, stage.box.path("stamp"))).toEqual([])
})
