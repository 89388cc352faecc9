import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import { hangMs, rest } from "../hang.ts"

/** What a program did. */
export interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  readonly timeoutMs?: number
}

/**
 * Runs a program to its end.
 *
 * @throws Error when it cannot be started, or does not end in time; it and all it started are killed then.
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { env, cwd, input = "", timeoutMs = hangMs } = options
  const settings: SpawnOptions = { stdio: "pipe", detached: true }
  if (env !== undefined) settings.env = env
  if (cwd !== undefined) settings.cwd = cwd
  const child = spawn(command, args, settings)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on("data", (chunk) => out.push(chunk))
  child.stderr?.on("data", (chunk) => err.push(chunk))
  child.stdin?.on("error", () => {})
  child.stdin?.end(input)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
      reject(new Error(`${command} ${args[0] ?? ""} did not end within ${timeoutMs / 1000} seconds`))
    }, timeoutMs)
    child.once("error", reject)
    child.once("close", (status) => {
      clearTimeout(timer)
      resolve({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}

/** @throws Error with what the program said when it fails. @returns its standard output without the last line's end. */
export async function output(
  command: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, options)
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: status ${status}: ${stderr || stdout}`)
  return stdout.trimEnd()
}

/**
 * Waits until something holds.
 *
 * @param seen what is there instead, for the message.
 * @throws Error when it does not hold before it counts as hanging.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seen: () => string = () => "",
): Promise<void> {
  const end = performance.now() + hangMs
  for (;;) {
    const asked = performance.now()
    if (await holds()) return
    const answered = performance.now()
    if (answered > end) throw new Error(`${what}: not within ${hangMs / 1000} seconds ${seen()}`)
    await rest(answered - asked)
  }
}

const stopLimitMs = 30_000

/** A server that runs until it is stopped, or until the process that started it is gone, however that ends. */
export interface Server {
  /** Whether it has ended by itself. */
  readonly ended: boolean
  /** Asks it to end, and makes it when it does not. Done when it is gone. */
  stop(): Promise<void>
}

// Standard input is at its end when the process that started this is gone. Then, or when it is killed, so is the server.
const leash = `
exec 3<&0
"$@" 3<&- </dev/null & server=$!
{ cat <&3 >/dev/null; kill "$server"; sleep 20; kill -9 "$server"; } 2>/dev/null & guard=$!
wait "$server"; status=$?
kill "$guard" 2>/dev/null
exit "$status"`

/** Starts a server whose output goes to `log`, a descriptor. */
export function serve(command: string, args: readonly string[], log: number | "ignore" = "ignore"): Server {
  const child = spawn("sh", ["-c", leash, "sh", command, ...args], {
    stdio: ["pipe", log, log],
    detached: true,
  })
  child.once("error", () => {})
  const ended = () => child.exitCode !== null || child.signalCode !== null
  return {
    get ended() {
      return ended()
    },
    stop: async () => {
      if (!ended()) await endOf(child)
    },
  }
}

async function endOf(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve))
  child.stdin?.end()
  const timer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs)
  await gone
  clearTimeout(timer)
}
