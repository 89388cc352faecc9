import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { hangMs } from "../hang.ts"

const saidLimit = 2_000
/** Of what it shows, in pixels. */
export const size = { width: 800, height: 600 } as const

/** What the browser says: the answer to a command, or what has happened. */
interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Command {
  readonly method: string
  readonly params?: object
}

/** What a page asked for. */
export interface Loaded {
  readonly url: string
  readonly status: number
}

/**
 * Debian's Chromium without a window, at one empty page, which reaches one host and looks up no name. It is led by its
 * DevTools protocol over a pipe: nothing listens.
 */
export class Browser implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #folder: string
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #loaded: Loaded[] = []
  #isLoaded: PromiseWithResolvers<void> | undefined
  readonly #limit: NodeJS.Timeout
  #session = ""
  #lastId = 0

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child
    this.#folder = folder
    this.#limit = setTimeout(() => this.#fail(new Error("Chromium takes too long")), hangMs)
    // It may end without having read all.
    child.stdio[3]?.on("error", () => {})
    let rest = ""
    ;(child.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (rest + chunk).split("\0")
      rest = messages.pop() ?? ""
      for (const message of messages) this.#take(JSON.parse(message))
    })
    let said = ""
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-saidLimit)
    })
    child.once("close", () => this.#fail(new Error(`Chromium has ended: ${said}`)))
  }

  /** @param host the one that it reaches. */
  static async start(host: string): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "envseal-browser-"))
    const args = [
      // Its sandbox is not for root, and the page is ours.
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"],
      "--force-color-profile=srgb",
      ...["--no-first-run", "--disable-component-update", "--disable-sync", "--disable-breakpad"],
      ...["--remote-debugging-pipe", `--user-data-dir=${folder}`],
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${host}`,
    ]
    const env = { PATH: "/usr/bin:/bin", HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder }
    const stdio = ["ignore", "ignore", "pipe", "pipe", "pipe"] as const
    const program = ["--pdeathsig", "KILL", "--", "chromium", ...args]
    const browser = new Browser(spawn("setpriv", program, { env, stdio: [...stdio], detached: true }), folder)
    try {
      await browser.#attach()
      return browser
    } catch (error) {
      await browser[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Opens a page. @returns all that it asked for until it was there. */
  async open(url: string): Promise<readonly Loaded[]> {
    this.#loaded.length = 0
    const isLoaded = Promise.withResolvers<void>()
    this.#isLoaded = isLoaded
    await Promise.all([this.#ask({ method: "Page.navigate", params: { url } }), isLoaded.promise])
    return [...this.#loaded]
  }

  /** Evaluates an expression in the page, and what it promises. @throws Error when that throws. */
  async evaluate<T>(expression: string): Promise<T> {
    const params = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await this.#ask<{
      readonly result: { readonly value: T }
      readonly exceptionDetails?: object
    }>({ method: "Runtime.evaluate", params })
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
    return result.value
  }

  /** The page as it is seen, as a PNG in base64. */
  async picture(): Promise<string> {
    const params = { format: "png" }
    return (await this.#ask<{ readonly data: string }>({ method: "Page.captureScreenshot", params })).data
  }

  /** Ends it, and all that it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#limit)
    if (this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, "close")
      process.kill(-this.#child.pid, "SIGKILL")
      await ended
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #attach(): Promise<void> {
    const { targetId } = await this.#ask<{ readonly targetId: string }>({
      method: "Target.createTarget",
      params: { url: "about:blank" },
    })
    const params = { targetId, flatten: true }
    const attached = await this.#ask<{ readonly sessionId: string }>({
      method: "Target.attachToTarget",
      params,
    })
    this.#session = attached.sessionId
    for (const domain of ["Page", "Network"]) await this.#ask({ method: `${domain}.enable` })
    const metrics = { ...size, deviceScaleFactor: 1, mobile: false }
    await this.#ask({ method: "Emulation.setDeviceMetricsOverride", params: metrics })
  }

  #ask<T>({ method, params = {} }: Command): Promise<T> {
    const id = ++this.#lastId
    const session = this.#session === "" ? {} : { sessionId: this.#session }
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    ;(this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`)
    return answer.promise as Promise<T>
  }

  #take({ id, method, params, result, error }: Message): void {
    if (method === "Page.loadEventFired") this.#isLoaded?.resolve()
    if (method === "Network.responseReceived") {
      const { url, status } = (params as { readonly response: Loaded }).response
      this.#loaded.push({ url, status })
    }
    if (id === undefined) return
    const answer = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) answer?.resolve(result)
    else answer?.reject(new Error(error.message))
  }

  /** Nothing that is waited for comes any more. */
  #fail(error: Error): void {
    for (const answer of [...this.#waiting.values(), this.#isLoaded]) answer?.reject(error)
    this.#waiting.clear()
  }
}
