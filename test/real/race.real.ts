import { type ChildProcess, spawn } from "node:child_process"
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { afterEach, beforeAll, describe, expect, test } from "vitest"
import { context, openArgs, recipient, type Sandbox, sealedSandbox, standalone } from "../script/harness.ts"
import { hangMs } from "./hang.ts"

/** The binary starts in a fifth of the time that Node takes. */
const rounds = standalone ? 200 : 20
const mostRounds = 400
const turns = standalone ? 30 : 4
const app = 65_534
const marker = "race-marker-91c4"
const roots = "it belongs to root\n"

const exchangers = new Set<ChildProcess>()
afterEach(() => {
  for (const child of exchangers) child.kill("SIGKILL")
  exchangers.clear()
})

beforeAll(() => {
  expect(process.geteuid?.(), "root is who must not be led astray").toBe(0)
})

/** Exchanges two entries of a folder as the app's user, for as long as the rounds take. @returns how often. */
async function whileExchanged(
  folder: string,
  pair: readonly [string, string],
  run: () => Promise<void>,
): Promise<number> {
  const child = spawn("python3", [join(import.meta.dirname, "exchange.py"), ...pair], {
    cwd: folder,
    uid: app,
    gid: app,
    stdio: ["pipe", "pipe", "inherit"],
  })
  exchangers.add(child)
  let text = ""
  child.stdout?.on("data", (chunk) => {
    text += chunk
  })
  await expect.poll(() => text, { timeout: hangMs }).toContain("ready")
  await run()
  const ended = new Promise((resolve) => child.once("close", resolve))
  child.stdin?.end("\n")
  await ended
  return Number(text.split("\n")[1])
}

/** Runs as often as told, and goes on as long as an outcome that is waited for was not seen. @returns how often. */
async function repeat(
  count: number,
  round: () => Promise<void>,
  isAwaited: () => boolean = () => false,
): Promise<number> {
  let done = 0
  while (done < count || (done < mostRounds && isAwaited())) {
    await round()
    done += 1
  }
  return done
}

/** What stands in the folder of the app's user, to be exchanged with its `conf`. */
type Trap = "a link to a folder of root" | "a folder of root"

interface Scene {
  readonly box: Sandbox
  /** The folder of root that must stay as it is. */
  readonly kept: string
  readonly before: { readonly ino: number; readonly names: readonly string[] }
}

async function scene(trap: Trap): Promise<Scene> {
  const box = await sealedSandbox({ A: marker })
  chmodSync(box.folder, 0o755)
  for (const folder of ["app", "app/conf"]) {
    mkdirSync(box.path(folder))
    chownSync(box.path(folder), app, app)
  }
  const kept = box.path(trap === "a folder of root" ? "app/trap" : "roots")
  mkdirSync(kept)
  writeFileSync(join(kept, ".env"), roots)
  if (trap === "a link to a folder of root") {
    symlinkSync("../roots", box.path("app/trap"))
    lchownSync(box.path("app/trap"), app, app)
  }
  return { box, kept, before: { ino: statSync(join(kept, ".env")).ino, names: readdirSync(kept) } }
}

/** Where the folder of root is now: it may be exchanged itself. */
function keptFolder({ box, kept }: Scene): string {
  if (!kept.endsWith("trap")) return kept
  return (
    ["app/trap", "app/conf"].map((name) => box.path(name)).find((path) => lstatSync(path).uid === 0) ?? kept
  )
}

/** Whether root's folder is as it was; the names that are new in it, where it is not. */
function damage(one: Scene): string[] {
  const folder = keptFolder(one)
  const names = readdirSync(folder)
  const file = join(folder, ".env")
  const isSame = statSync(file).ino === one.before.ino && readFileSync(file, "utf8") === roots
  return [
    ...names.filter((name) => !one.before.names.includes(name)),
    ...(isSame ? [] : [".env was replaced"]),
  ]
}

/** Files of root that hold plaintext, anywhere in the sandbox, and files of anybody that are called as a draft. */
function leftovers({ box }: Scene): string[] {
  return readdirSync(box.path("app"), { recursive: true, encoding: "utf8" }).filter((path) => {
    const stats = lstatSync(box.path(`app/${path}`))
    if (!stats.isFile()) return false
    const isDraft = path.includes(".envseal-")
    return isDraft || (stats.uid === 0 && readFileSync(box.path(`app/${path}`), "latin1").includes(marker))
  })
}

function tell(title: string, numbers: Readonly<Record<string, number>>): void {
  const text = Object.entries(numbers).map(([name, count]) => `${name} ${count}`)
  process.stdout.write(`${title}: ${text.join(", ")}\n`)
}

/** The codes by which a folder or file that somebody exchanges may be refused. */
const refusals = /\[(?:TARGET_UNSAFE|WRITE_FAILED|INPUT_UNREADABLE|NOT_AN_ENVELOPE)\]/

const traps: readonly Trap[] = ["a link to a folder of root", "a folder of root"]

describe.each(traps)("open --owner as root, while the owner exchanges the folder with %s,", (trap) => {
  test(`${rounds / traps.length} times or more, writes nothing into a folder of root and replaces no file of root`, async () => {
    const one = await scene(trap)
    const counts = { opened: 0, refused: 0, "in root's folder": 0 }
    let runs = 0
    const exchanged = await whileExchanged(one.box.path("app"), ["conf", "trap"], async () => {
      const open = async () => {
        const run = await one.box.envseal([...openArgs, "-o", "app/conf/.env", "--owner", `${app}:${app}`])
        if (run.status === 0) counts.opened += 1
        else if (/\[(?:TARGET_UNSAFE|WRITE_FAILED)\]/.test(run.stderr)) counts.refused += 1
        else throw new Error(run.stderr)
      }
      runs = await repeat(rounds / traps.length, open, () => counts.opened === 0 || counts.refused === 0)
    })
    counts["in root's folder"] = damage(one).length
    tell(`open, ${trap}`, { runs, exchanged, ...counts })
    expect(damage(one)).toEqual([])
    expect(leftovers(one)).toEqual([])
    expect(counts.opened).toBeGreaterThan(0)
    expect(counts.refused).toBeGreaterThan(0)
    expect(exchanged).toBeGreaterThan(rounds)
  })

  test(`${rounds / traps.length} times or more with a command that does not start, removes no file of root and leaves no plaintext`, async () => {
    const one = await scene(trap)
    writeFileSync(one.box.path("busy"), readFileSync("/bin/true"), { mode: 0o755 })
    const counts = { "not started": 0, refused: 0, "in root's folder": 0, left: 0 }
    const args = [...openArgs, "-o", "app/conf/.env", "--owner", `${app}:${app}`, "--", "./busy"]
    let runs = 0
    const exchanged = await whileExchanged(one.box.path("app"), ["conf", "trap"], async () => {
      const start = async () => {
        const run = await one.box.run("sh", ["-c", 'exec 3>>busy; exec "$@"', "sh", ...one.box.command(args)])
        if (run.stderr.includes("[COMMAND_NOT_EXECUTABLE]")) counts["not started"] += 1
        else if (/\[(?:TARGET_UNSAFE|WRITE_FAILED)\]/.test(run.stderr)) counts.refused += 1
        else throw new Error(run.stderr)
        counts.left += plaintext(one).length
      }
      runs = await repeat(rounds / traps.length, start, () => counts["not started"] === 0)
    })
    counts["in root's folder"] = damage(one).length
    tell(`clean-up, ${trap}`, { runs, exchanged, ...counts })
    expect(damage(one)).toEqual([])
    expect(counts.left).toBe(0)
    expect(counts["not started"]).toBeGreaterThan(0)
  })
})

/** Files below the app's folder that hold the secret. The folder may be exchanged while it is looked at. */
function plaintext({ box }: Scene): string[] {
  return ["conf", "trap"].flatMap((folder) => {
    try {
      return readFileSync(box.path(`app/${folder}/.env`), "latin1").includes(marker) ? [folder] : []
    } catch {
      return []
    }
  })
}

describe("in a sticky folder that all can write to", () => {
  test.each([
    ["seal -o", ["seal", "-f", "file:secret.json", "-r", recipient, "-c", context, "-o", "shared/out"]],
    ["rekey -o", ["rekey", "-i", "key.txt", "-r", recipient, "-o", "shared/out"]],
    ["rekey --in", ["rekey", "-i", "key.txt", "-r", recipient, "--in", "shared/out"]],
  ])(
    `%s follows no link of another user, ${rounds / 4} times or more while that is exchanged`,
    async (title, args) => {
      const one = await scene("a link to a folder of root")
      const { box } = one
      mkdirSync(box.path("shared"))
      chmodSync(box.path("shared"), 0o1777)
      const sealed = readFileSync(box.path(".env.sealed"))
      const counts = { written: 0, refused: 0, "root's file replaced": 0 }
      let exchanged = 0
      const write = async () => {
        // Once root has written, the other user can exchange the file no more.
        for (const name of ["out", "trap"]) rmSync(box.path(`shared/${name}`), { force: true })
        writeFileSync(box.path("shared/out"), sealed)
        symlinkSync("../roots/.env", box.path("shared/trap"))
        for (const name of ["out", "trap"]) lchownSync(box.path(`shared/${name}`), app, app)
        exchanged += await whileExchanged(box.path("shared"), ["out", "trap"], async () => {
          const run = await box.envseal(args)
          if (run.status === 0) counts.written += 1
          else if (refusals.test(run.stderr)) counts.refused += 1
          else throw new Error(run.stderr)
        })
        counts["root's file replaced"] += damage(one).length
      }
      const runs = await repeat(rounds / 4, write, () => counts.written === 0)
      tell(title, { runs, exchanged, ...counts })
      expect(counts["root's file replaced"]).toBe(0)
      expect(counts.written).toBeGreaterThan(0)
      expect(exchanged).toBeGreaterThan(0)
    },
  )
})

test(`6 opens at once on a shared volume, each as process 1 of a new namespace, ${turns} times: none fails`, async () => {
  const box = await sealedSandbox({ A: marker })
  let failed = 0
  await repeat(turns, async () => {
    const runs = Array.from({ length: 6 }, () =>
      box.run("unshare", [
        "--pid",
        "--fork",
        "--mount-proc",
        ...box.command([...openArgs, "-o", "shared.env"]),
      ]),
    )
    const results = await Promise.all(runs)
    failed += results.filter(({ status }) => status !== 0).length
    expect(readFileSync(box.path("shared.env"), "utf8")).toContain(marker)
  })
  tell("6 at once", { runs: 6 * turns, failed })
  expect(failed).toBe(0)
  expect(box.list().filter((name) => name.startsWith(".envseal-"))).toEqual([])
})
