import { spawn } from "node:child_process"
import type { Readable } from "node:stream"
import { childEnvironment } from "../../core/child-environment.ts"
import type { ProgramEnd, ProgramRun, RunProgram } from "../../ports/bounded-program.ts"

/** A {@link RunProgram}: in a process group of its own. */
export const runBoundedProgram: RunProgram = (
  command,
  args,
  variables,
  { timeoutMs, leftoverMs, maxBytes },
) => {
  const { promise, resolve } = Promise.withResolvers<ProgramRun>()
  const child = start(command, args, childEnvironment(variables))
  if (child instanceof Error) {
    return Promise.resolve({ end: { type: "unstarted", error: child }, stdout: "", stderr: "" })
  }
  // It has no terminal whose Ctrl-C it could hear.
  const endGroup = () => signalGroup(child.pid, "SIGTERM")
  const stop = (end: ProgramEnd) => {
    signalGroup(child.pid, "SIGKILL")
    finish(end)
  }
  const tooMuch = () => stop({ type: "talkative" })
  const stdout = new Output(child.stdout, maxBytes, tooMuch)
  const stderr = new Output(child.stderr, maxBytes, tooMuch)
  const late = setTimeout(() => stop({ type: "late" }), timeoutMs)
  let leftover: NodeJS.Timeout | undefined
  process.once("exit", endGroup)
  const finish = (end: ProgramEnd) => {
    process.removeListener("exit", endGroup)
    clearTimeout(late)
    clearTimeout(leftover)
    child.unref()
    resolve({ end, stdout: stdout.close(), stderr: stderr.close() })
  }
  child.once("error", (error) => finish({ type: "unstarted", error }))
  child.once("exit", (status) => {
    leftover = setTimeout(() => stop({ type: "exited", status }), leftoverMs)
  })
  child.once("close", (status) => finish({ type: "exited", status }))
  return promise
}

/** A runtime throws some of what the system says of a program, and tells the rest later. */
function start(command: string, args: readonly string[], env: Record<string, string>) {
  try {
    return spawn(command, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

function signalGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, signal)
  } catch {
    // It has ended.
  }
}

/** What comes of one stream, until it is closed. */
class Output {
  readonly #stream: Readable
  readonly #chunks: Buffer[] = []
  #size = 0

  constructor(stream: Readable, maxBytes: number, tooMuch: () => void) {
    this.#stream = stream
    stream.on("error", () => {})
    stream.on("data", (chunk: Buffer) => {
      this.#size += chunk.length
      if (this.#size <= maxBytes) this.#chunks.push(chunk)
      else tooMuch()
    })
  }

  close(): string {
    this.#stream.destroy()
    return Buffer.concat(this.#chunks).toString("utf8")
  }
}
