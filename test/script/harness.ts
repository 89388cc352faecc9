import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { checkReports } from "./report.ts"

const root = join(import.meta.dirname, "../..")

/** The launcher that npm puts on the PATH. */
export const program = join(root, "bin/envseal.js")

/** The standalone binary of this machine, as `npm run build:binary` makes it. */
export const binary = join(root, `dist/bin/envseal-${process.platform}-${process.arch}`)

/** Whether the tests run the binary, as one of the two projects in vitest.config.ts does, or the package. */
export const standalone = process.env["ENVSEAL_TEST"] === "binary"

/**
 * Tells Node where to keep what it compiled: each start then takes a third less of the processor's time. Users have no such
 * folder.
 */
const compiled = standalone ? {} : { NODE_COMPILE_CACHE: join(root, ".cache/compiled") }

/** What must behave alike. */
export const everyRuntime = [
  { runtime: "node", executable: process.execPath },
  { runtime: "bun", executable: join(root, "node_modules/.bin/bun") },
  { runtime: "the binary", executable: binary },
] as const

/** Those of this project. A test of each of them runs on all three, once, in the two projects together. */
export const runtimes = everyRuntime.filter(({ executable }) => (executable === binary) === standalone)

/** How long a start takes on a machine that has nothing else to do. */
const quietStartMs = standalone ? 60 : 200

/**
 * Whole seconds for an option: as many as given on a quiet machine, and more by as much as this one is slower now.
 *
 * @param least where a machine that stands still for a moment must not take all of them.
 */
export async function seconds(count: number, least = count): Promise<string> {
  const [command = "", ...args] = standalone ? [binary] : [process.execPath, program]
  const began = performance.now()
  const child = spawn(command, [...args, "--version"], { stdio: "ignore" })
  await new Promise((resolve) => child.once("close", resolve))
  const slower = Math.max(1, (performance.now() - began) / quietStartMs)
  return `${Math.max(least, Math.ceil(count * slower))}s`
}

export interface Run {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  /** Without what it says of answers that were late, unless it {@link RunOptions.keepsLate}. */
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
  readonly executable?: string
  /** Not for the binary, which has no runtime to give them to. */
  readonly runtimeArgs?: readonly string[]
  readonly uid?: number
  /** Kills it after that time. Without it, a run may take as long as it likes. */
  readonly limitMs?: number
  /** For a fake that lets it wait, or fails: then what it says of that belongs to its messages. */
  readonly keepsLate?: boolean
  /** Sees the process while it runs. */
  readonly watch?: (child: ChildProcess) => void
}

/** A folder of its own for one test, and envseal run in it. */
export class Sandbox {
  readonly folder: string

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "envseal-script-"))
    for (const [name, content] of Object.entries(files)) {
      // As keygen writes identities.
      writeFileSync(this.path(name), content, { mode: isIdentity(content) ? 0o600 : 0o666 })
    }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  list(): string[] {
    return readdirSync(this.folder).sort()
  }

  /** Runs envseal. Whatever it prints with `--json` is as the published schema has it. */
  async envseal(args: readonly string[], options: RunOptions = {}): Promise<Run> {
    const executable = options.executable ?? (standalone ? binary : process.execPath)
    const before = executable === binary ? [] : [...(options.runtimeArgs ?? []), program]
    const run = await this.run(executable, [...before, ...args], options)
    checkReports(args, run)
    return run
  }

  /** The program and arguments that run envseal, for a test that starts it by another program. */
  command(args: readonly string[]): string[] {
    return standalone ? [binary, ...args] : [process.execPath, program, ...args]
  }

  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
    const env = { PATH: process.env["PATH"] ?? "", TMPDIR: this.folder, ...compiled, ...options.env }
    const settings: SpawnOptions = { cwd: this.folder, env, stdio: "pipe" }
    if (options.uid !== undefined) settings.uid = options.uid
    if (options.limitMs !== undefined)
      Object.assign(settings, { timeout: options.limitMs, killSignal: "SIGKILL" })
    const child = spawn(command, args, settings)
    options.watch?.(child)
    const done = finish(child, options.stdin ?? "")
    return options.keepsLate === true ? done : done.then(withoutLate)
  }
}

/** The fakes answer at once, so only a busy machine can make their answers late. */
const lateAnswer = /^envseal: warning: .*no answer in time; trying again\n/gm

function withoutLate(run: Run): Run {
  return { ...run, stderr: run.stderr.replace(lateAnswer, "") }
}

function isIdentity(content: string | Uint8Array): boolean {
  return typeof content === "string" && content.includes("AGE-SECRET-KEY-")
}

const folders: string[] = []
// Not when each test ends: tests run side by side, and vitest tells only one of them by its global hook.
afterAll(removeSandboxes)

/** Removes the folders of all sandboxes that were made so far. */
export function removeSandboxes(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

export function sandbox(files: Readonly<Record<string, string | Uint8Array>> = {}): Sandbox {
  const box = new Sandbox(files)
  folders.push(box.folder)
  return box
}

function finish(child: ChildProcess, stdin: string | Uint8Array): Promise<Run> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on("data", (chunk) => out.push(chunk))
  child.stderr?.on("data", (chunk) => err.push(chunk))
  child.stdin?.on("error", () => {})
  child.stdin?.end(stdin)
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (status, signal) => {
      resolve({
        status,
        signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      })
    })
  })
}

/** An identity made for tests, and its recipient. */
export const identity = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0"
export const recipient = "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"

/** Another identity, which nothing here is sealed for. */
export const stranger = "AGE-SECRET-KEY-143WN7DCXU4G8R5AXQSSYD9AEPYDNT3HXSLWSPK36CDU6E8M59SSSAGZ3KG"

export const context = "app=shop,environment=test"

/** A sandbox that has `secret.json`, `key.txt`, and the secret sealed in `.env.sealed`. */
export async function sealedSandbox(
  secret: object = { APP_KEY: "base64:abc=", DB_PASSWORD: "it's $5" },
): Promise<Sandbox> {
  const box = sandbox({ "secret.json": JSON.stringify(secret), "key.txt": `# a comment\n${identity}\n` })
  const run = await box.envseal(["seal", "-q", "-f", "file:secret.json", "-r", recipient, "-c", context])
  if (run.status !== 0) throw new Error(run.stderr)
  return box
}

export const openArgs = ["open", "-i", "key.txt", "--expect", context] as const
