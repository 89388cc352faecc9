import type { ChildProcess } from "node:child_process"
import { readFileSync } from "node:fs"

const pauseMs = 200

/** The most memory that a process had, as Linux says it while the process runs. */
export class MemoryPeak {
  #kibibytes = 0

  get mebibytes(): number {
    return this.#kibibytes / 1024
  }

  /** For a run's `watch`. */
  readonly watch = (child: ChildProcess): void => {
    const timer = setInterval(() => this.#look(child.pid), pauseMs)
    child.once("close", () => clearInterval(timer))
  }

  #look(pid: number | undefined): void {
    try {
      const [, kibibytes = "0"] =
        /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
      this.#kibibytes = Math.max(this.#kibibytes, Number(kibibytes))
    } catch {
      // It has ended meanwhile.
    }
  }
}
