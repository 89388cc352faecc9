import { systemCode } from "../../core/error.ts"
import type { Program, RawVariables } from "../../ports/runtime.ts"
import { closeSync, constants, openSync, readSync } from "../system/file-calls.ts"
import { checkProgram, filesOf } from "./program.ts"
import { isText, rawString, rawVariable } from "./raw-text.ts"

/** From this version on, `process.execve` throws what the system answers. */
const throwing = 26

/** Whether Node ends itself with a core dump when `execve` fails. */
export function endsByFailing(version: string): boolean {
  return Number.parseInt(version, 10) < throwing
}

/**
 * Has the system open all files that `execve` would, without running any: an argument that is too long makes the call
 * fail after it has looked at the file, and before it takes the process over. Linux from 5.9 to 6.7 looks at the argument first
 * and says nothing of the file: there, a program that somebody is writing goes unseen.
 *
 * @throws EnvsealError for a program that cannot be started, or the failure of the system, with its code.
 */
export function tryProgram(program: Program, variables: RawVariables): void {
  checkProgram(program, rawVariable(variables, "PATH"))
  const { spawnSync } = process.getBuiltinModule("node:child_process")
  const tooLong = "x".repeat(longestArgument(kernelPageBytes()) + 1)
  // A program is spawned by a string only, so that one of another name is only looked at.
  for (const file of isText(program.file) ? filesOf(program.file) : []) {
    const { error } = spawnSync(rawString(file), [tooLong], { env: {}, stdio: "ignore" })
    if (error !== undefined && told.has(systemCode(error) ?? "")) throw error
  }
}

/** What the system says of a file. Any other failure is one of the trial itself. */
const told: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ETXTBSY", "ELOOP"])

/** The largest page that Linux has. */
const largestPageBytes = 65_536

/** Linux: MAX_ARG_STRLEN, 32 pages. Where the size of a page is not known, the largest: the trial may run nothing. */
function longestArgument(pageBytes: number | null): number {
  return 32 * (pageBytes ?? largestPageBytes)
}

/**
 * The size of the kernel's pages, which may be another processor's than the program's, as under qemu. Programs of qemu see
 * a `/proc/self` that it makes, but this folder is the kernel's.
 *
 * @returns `null` where the kernel does not tell.
 */
export function kernelPageBytes(): number | null {
  try {
    const descriptor = openSync("/proc/thread-self/smaps", constants.O_RDONLY)
    try {
      const start = Buffer.alloc(1_024)
      const text = start.toString("latin1", 0, readSync(descriptor, start, 0, start.length, null))
      const [, kilobytes] = /^KernelPageSize: +(4|16|64) kB$/m.exec(text) ?? []
      return kilobytes === undefined ? null : Number(kilobytes) * 1_024
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}
