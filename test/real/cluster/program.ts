import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync, readFileSync } from "node:fs"
import { hangMs, rest } from "../hang.ts"

const killAfterMs = 5_000
const tailBytes = 3_000

/** What is started, and where it writes what it says. */
export interface ProgramInit {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly log: string
}

/** A long-running program that ends at the latest when the process that started it does. */
export class Program {
  readonly #name: string
  readonly #log: string
  readonly #child: ChildProcess

  private constructor(init: ProgramInit, child: ChildProcess) {
    this.#name = init.name
    this.#log = init.log
    this.#child = child
  }

  static start(init: ProgramInit): Program {
    const log = openSync(init.log, "a")
    // The kernel kills it when we die, however we die.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", init.command, ...init.args], {
      stdio: ["ignore", log, log],
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    })
    closeSync(log)
    return new Program(init, child)
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /**
   * Asks again and again until it answers yes.
   *
   * @throws Error with the end of its log, when it ends before that or the time is over.
   */
  async untilReady(isReady: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + hangMs
    while (performance.now() < deadline && !this.hasEnded) {
      const asked = performance.now()
      if (await isReady()) return
      await rest(performance.now() - asked)
    }
    const said = readFileSync(this.#log, "utf8").slice(-tailBytes)
    await this.stop("SIGKILL")
    throw new Error(`${this.#name} does not become ready: ${said}`)
  }

  /** Ends it: with SIGKILL when it has not followed the signal after five seconds. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (this.hasEnded) return
    const ended = new Promise<void>((resolve) => {
      this.#child.once("exit", () => resolve())
    })
    this.#child.kill(signal)
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), killAfterMs)
    await ended
    clearTimeout(killer)
  }
}
