import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Contender, isThere, makeReady } from "../contender.ts"

/** A program under valgrind can wait for a thread that never gets its turn; one that ends takes some seconds. */
const valgrindMs = 12_000
const straceMs = 30_000

/**
 * Instructions of a process and its threads, in millions and without the kernel's: they do not depend on what else the
 * machine does, but for threads that spin while they wait for each other.
 *
 * @returns `null` without valgrind, where it runs the program to no end, and for one that asks a server.
 */
export function millionsOfInstructions(contender: Contender, folder: string): number | null {
  const { argv, env } = contender
  if (env !== undefined || !isThere("valgrind")) return null
  makeReady(contender, folder)
  const args = ["--tool=callgrind", "--callgrind-out-file=/dev/null", ...argv]
  const { stderr } = spawnSync("valgrind", args, {
    cwd: folder,
    encoding: "utf8",
    timeout: valgrindMs,
    killSignal: "SIGKILL",
  })
  const [, count] = /Collected\s*: (\d+)/.exec(stderr) ?? []
  return count === undefined ? null : Number(count) / 1e6
}

/** What a process asks of the kernel. */
export interface Calls {
  readonly all: number
  readonly threads: number
}

/** @returns `null` without strace. */
export function callsOf(contender: Contender, folder: string): Calls | null {
  const { argv, env } = contender
  makeReady(contender, folder)
  if (!isThere("strace")) return null
  const out = join(folder, "strace.txt")
  const { status } = spawnSync("strace", ["-f", "-o", out, ...argv], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: "ignore",
    timeout: straceMs,
    killSignal: "SIGKILL",
  })
  if (status !== 0) return null
  const lines = readFileSync(out, "utf8").split("\n")
  const calls = lines.filter((line) => /^\d+ +\w+\(/.test(line))
  return { all: calls.length, threads: calls.filter((line) => /CLONE_THREAD/.test(line)).length }
}
