import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { type RunningEdit, startEdit } from "./edit-box.ts"
import { canary, type SecretStage, startSecretStage } from "./stage.ts"

let stage: SecretStage
beforeAll(async () => {
  stage = await startSecretStage()
})
beforeEach(() => stage.reset())
afterAll(() => stage.aws.stop())

const made = new Set<string>()
afterEach(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true })
  made.clear()
})

const memory = "/dev/shm"
/** Waits to be told to go on, and leaves something behind. */
const waiting = `echo "$$" > "$box/editor-pid"; touch "$file.swp"; while [ ! -e "$box/go" ]; do sleep 0.05; done`
/** Writes down the number of the process that becomes envseal. */
const numbered = ["sh", "-c", 'echo "$$" > pid; exec "$@"', "sh"]

/** An edit whose editor waits. */
async function atEditor(): Promise<RunningEdit & { readonly pid: number }> {
  for (const name of ["go", "editor-pid", "pid"]) rmSync(stage.box.path(name), { force: true })
  const run = startEdit(stage, waiting, { by: numbered })
  await expect.poll(() => existsSync(stage.box.path("editor-pid"))).toBe(true)
  await expect.poll(() => run.folder()).not.toBe("")
  made.add(run.folder())
  return { ...run, pid: Number(readFileSync(stage.box.path("pid"), "utf8")) }
}

/** Something that is called like the folder of an edit, and is whole once it is: any edit on this machine sweeps. */
function place(make: (path: string) => void): string {
  const random = randomBytes(12).toString("hex")
  const [begun, path] = [`${memory}/begun-${random}`, `${memory}/envseal-edit-${random}`]
  made.add(begun).add(path)
  make(begun)
  renameSync(begun, path)
  return path
}

const goOn = () => writeFileSync(stage.box.path("go"), "")
const editorLives = () => {
  try {
    process.kill(Number(readFileSync(stage.box.path("editor-pid"), "utf8")), 0)
    return true
  } catch {
    return false
  }
}

/** The processes that have the folder for an argument, but for an editor, which has a file in it. */
function guardsOf(path: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => argumentsOf(pid).includes(path))
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")
  } catch {
    return []
  }
}

/** An edit that changes nothing and sweeps. */
async function nextRun(by: readonly string[] = []): Promise<void> {
  const run = startEdit(stage, "true", { by })
  expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
}

describe("the folder of an edit", () => {
  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "is gone with all in it when %s ends envseal, and the editor has ended too",
    async (signal, status) => {
      const run = await atEditor()
      process.kill(run.pid, signal)
      expect(await run.terminal.ended(), run.terminal.screen).toBe(status)
      expect(run.terminal.screen).toContain(`ended by ${signal}; nothing was changed`)
      expect(existsSync(run.folder())).toBe(false)
      await expect.poll(editorLives).toBe(false)
      expect(await stage.versions()).toHaveLength(2)
    },
  )

  test("stays after a Ctrl-C that the editor takes for itself, and what it leaves counts", async () => {
    const run = await atEditor()
    process.kill(run.pid, "SIGINT")
    goOn()
    expect(await run.terminal.ended(), run.terminal.screen).toBe(0)
    expect(run.terminal.screen.replace(/\s+/g, " ")).toContain("the text was left as it was")
    expect(existsSync(run.folder())).toBe(false)
  })

  test("is gone when Ctrl-C ends the editor", async () => {
    const run = await atEditor()
    run.terminal.type("\u0003")
    expect(await run.terminal.ended(), run.terminal.screen).toBe(130)
    expect(run.terminal.screen).toContain("nothing was changed")
    expect(existsSync(run.folder())).toBe(false)
  })

  test("is gone at the question, before it is answered", async () => {
    const run = startEdit(stage, `echo NEW=1 >> "$file"`)
    await run.terminal.shows("Make this the current version")
    expect(existsSync(run.folder())).toBe(false)
    run.terminal.type("\u0003")
    expect(await run.terminal.ended()).toBe(130)
    expect(await stage.versions()).toHaveLength(2)
  })

  test("is gone soon after envseal is killed, though the editor lives", async () => {
    const run = await atEditor()
    expect(readFileSync(`${run.folder()}/production.env`, "utf8")).toContain(canary)
    process.kill(run.pid, "SIGKILL")
    await expect.poll(() => existsSync(run.folder())).toBe(false)
    goOn()
    await run.terminal.ended()
    expect(await stage.versions()).toHaveLength(2)
  })

  test("is gone after envseal was killed with all its processes, once there is another run", async () => {
    const run = await atEditor()
    const path = run.folder()
    expect(readFileSync(`${path}/production.env`, "utf8")).toContain(canary)
    const guards = guardsOf(path)
    expect(guards).toHaveLength(1)
    for (const pid of guards) process.kill(pid, "SIGKILL")
    process.kill(run.pid, "SIGKILL")
    await run.terminal.ended()
    goOn()
    // From here on any edit on this machine may sweep it, that of another test too.
    await nextRun()
    expect(existsSync(path)).toBe(false)
  })

  test("is left alone by another run while envseal lives, in another PID namespace too", async () => {
    const run = await atEditor()
    const { folder } = run
    const path = folder()
    await expect.poll(() => existsSync(path)).toBe(true)
    await nextRunBeside(["unshare", "--pid", "--fork", "--mount-proc"])
    await nextRunBeside([])
    expect(existsSync(`${path}/production.env`)).toBe(true)
    process.kill(run.pid, "SIGTERM")
    expect(await run.terminal.ended()).toBe(143)
    expect(existsSync(path)).toBe(false)
  })

  test("of another user, and what is only called like one, is left alone", async () => {
    const kept = stage.box.path("kept")
    mkdirSync(kept)
    writeFileSync(`${kept}/file`, "mine")
    const link = place((path) => symlinkSync(kept, path))
    const others = place((path) => {
      mkdirSync(path)
      chownSync(path, 65_534, 65_534)
    })
    const file = place((path) => writeFileSync(path, "mine"))
    const own = place((path) => {
      mkdirSync(path)
      symlinkSync(kept, `${path}/link`)
    })
    await nextRun()
    expect([link, others, file, own].map((path) => existsSync(path))).toEqual([true, true, true, false])
    expect(readFileSync(`${kept}/file`, "utf8")).toBe("mine")
  })

  test("is refused where nothing is in memory", async () => {
    const hidden = 'mount --bind "$HOME" /dev/shm && exec "$@"'
    const env = { HOME: stage.box.folder, XDG_RUNTIME_DIR: stage.box.folder }
    const by = ["unshare", "--mount", "sh", "-c", hidden, "sh"]
    const run = startEdit(stage, "true", { by, env })
    expect(await run.terminal.ended(), run.terminal.screen).toBe(4)
    expect(run.terminal.screen).toContain("[TARGET_UNSAFE]")
    expect(run.folder()).toBe("")
  })
})

/** Another run, while the first one's editor waits: it has a box file of its own. */
async function nextRunBeside(by: readonly string[]): Promise<void> {
  const command = [...by, ...stage.box.command(["secret", "edit", "production"])]
  const line = command.map((word) => `'${word}'`).join(" ")
  const env = { PATH: process.env["PATH"] ?? "", SHELL: "/bin/sh", ...stage.env(), VISUAL: "true" }
  const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: stage.box.folder, env, stdio: "ignore" })
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0)
}
