import { type ChildProcess, spawn } from "node:child_process"

const answerLimitMs = 300_000

/** A program on a terminal of its own (util-linux `script`), with somebody who reads and types. */
export class Terminal {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  #screen = ""
  #read = 0
  #changed: () => void = () => {}

  constructor(
    words: readonly string[],
    { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
  ) {
    const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")
    const args = ["--quiet", "--return", "--flush", "--command", line, "/dev/null"]
    const shell = { SHELL: "/bin/sh", TERM: "xterm", ...env }
    this.#child = spawn("script", args, { cwd, env: shell, stdio: ["pipe", "pipe", "pipe"] })
    this.#child.stdout?.on("data", (chunk) => {
      this.#screen += String(chunk)
      this.#changed()
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject)
      this.#child.once("close", resolve)
    })
  }

  /** Everything that was shown, without colours and moves of the cursor. */
  get screen(): string {
    return plain(this.#screen)
  }

  /**
   * Waits until a text is shown after what was waited for before.
   *
   * @throws Error when it does not come within five minutes.
   */
  async shows(text: string): Promise<void> {
    const end = Date.now() + answerLimitMs
    for (;;) {
      const at = this.screen.indexOf(text, this.#read)
      if (at >= 0) {
        this.#read = at + text.length
        return
      }
      const left = end - Date.now()
      if (left <= 0) throw new Error(`no ${JSON.stringify(text)} after ${this.screen.slice(this.#read)}`)
      await this.#change(left)
    }
  }

  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  /** Waits for a question, and answers it with a line. */
  async answer(question: string, line: string): Promise<void> {
    await this.shows(question)
    this.type(`${line}\r`)
  }

  /** @returns the exit status of the program. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  #change(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#changed = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r\n", "\n")
}
