import { execFileSync } from "node:child_process"
import { hangMs } from "./hang.ts"

const pauseMs = 50

/** A terminal that shows what a person sees, with its cursor: 80 columns and 24 lines. */
export class Tmux {
  readonly #socket: string

  /**
   * @param socket where its server is to listen, of its own.
   * @param env all that the command gets besides what tmux sets.
   */
  constructor(
    socket: string,
    words: readonly string[],
    { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) {
    this.#socket = socket
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ")
    const variables = { ...env, LC_ALL: "C.UTF-8", SHELL: "/bin/sh" }
    const line = `${quoted}; echo "ended with $?"; exec sleep 600`
    const session = ["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "-c", cwd, line]
    execFileSync("tmux", ["-S", socket, ...session], { env: variables, cwd })
  }

  /** The lines on the screen, without the blanks at their ends. */
  screen(): readonly string[] {
    return this.#tmux("capture-pane", "-p")
      .split("\n")
      .map((line) => line.trimEnd())
  }

  /** The line that the cursor is on. */
  cursorLine(): string {
    const at = Number(this.#tmux("display-message", "-p", "#{cursor_y}").trim())
    return this.screen()[at] ?? ""
  }

  /** Waits until what is on the screen is as it should be. */
  async shows(
    what: string,
    is: (screen: string) => boolean = (screen) => screen.includes(what),
  ): Promise<void> {
    for (const end = Date.now() + hangMs; Date.now() < end; ) {
      if (is(this.screen().join("\n"))) return
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    throw new Error(`no ${what} on the screen:\n${this.screen().join("\n")}`)
  }

  /** @param keys by tmux's names, such as `Escape`, or text. */
  press(...keys: readonly string[]): void {
    this.#tmux("send-keys", ...keys)
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", text)
  }

  close(): void {
    this.#tmux("kill-server")
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync("tmux", ["-S", this.#socket, ...args], { encoding: "utf8" })
  }
}
