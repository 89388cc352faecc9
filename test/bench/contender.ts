import { spawnSync } from "node:child_process"
import { existsSync, rmSync } from "node:fs"
import { join } from "node:path"

/** One program to measure: it runs in the folder of the bench, and what it leaves is checked once. */
export interface Contender {
  readonly name: string
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A file that is not there when it starts, as in a container. */
  readonly makes?: string
  /** True when what the program left is right. */
  readonly isRight: (stdout: string) => boolean
}

/** Leaves the folder as a run is to find it. */
export function makeReady({ makes }: Contender, folder: string): void {
  if (makes !== undefined) rmSync(join(folder, makes), { force: true })
}

/** @returns standard output; an empty text when it failed. */
export function run({ argv: [command = "", ...args], env }: Contender, folder: string): string {
  const options = {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
    maxBuffer: 16_777_216,
  } as const
  const { status, stdout } = spawnSync(command, args, options)
  return status === 0 ? stdout : ""
}

export function isThere(command: string): boolean {
  return existsSync(command) || spawnSync("sh", ["-c", `command -v ${command}`]).status === 0
}
