import { spawn } from "node:child_process"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { text } from "node:stream/consumers"
import type { Progress } from "../../../src/deploy/core/progress.ts"

const program = join(import.meta.dirname, "../../../bin/envseal.js")

/** When a deploy came to which point, in seconds after its start. */
export interface Trip {
  /** The last new pod was ready, and no old one was left. */
  readonly ready: number
  /** The deploy said that it was done, after its pods had stayed ready. */
  readonly verdict: number
}

/**
 * Runs `envseal deploy`, and notes when it tells what.
 *
 * @throws Error with what it said, when it does not end well.
 */
export async function deploy(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Trip> {
  const start = performance.now()
  const elapsed = () => (performance.now() - start) / 1_000
  const child = spawn(process.execPath, [program, "deploy", "production", "--json", ...args], { env, cwd })
  const said = text(child.stderr)
  let ready = Number.NaN
  createInterface(child.stdout).on("line", (line) => {
    if (Number.isNaN(ready) && isReady(line)) ready = elapsed()
  })
  const status = await new Promise((resolve) => child.once("close", resolve))
  const verdict = elapsed()
  if (status !== 0 || Number.isNaN(ready)) throw new Error(`deploy ended with ${status}: ${await said}`)
  return { ready, verdict }
}

/** Whether a line of `--json` says that all pods are new and ready. */
export function isReady(line: string): boolean {
  const told: Progress = JSON.parse(line)
  if (told.type !== "rollout") return false
  const { total, updated, ready, old } = told.counts
  return total > 0 && updated === total && ready === total && old === 0
}
