import { readdirSync } from "node:fs"
import type { CLibrary } from "./c-library.ts"

/** Linux: `F_SETFD` and `FD_CLOEXEC`. */
const setFlags = 2
const closeOnExec = 1
/** Linux: the number of `close_range`, the last descriptor there can be, and `CLOSE_RANGE_CLOEXEC`. */
const closeRange = 436
const lastDescriptor = -1
const onExec = 4
/** Linux: `SIG_SETMASK`, and a `sigset_t` without any signal. */
const setMask = 2
const noSignals = new Uint8Array(128)
const firstOther = 3

/** A signal that who started this process had blocked would never reach a command either. Node does the same at its start. */
export function unblockSignals({ ptr, sigprocmask }: Pick<CLibrary, "ptr" | "sigprocmask">): void {
  sigprocmask(setMask, ptr(noSignals), 0)
}

/** The three streams stay open for a command, those too that the runtime opened because they were missing, and no other descriptor. */
export function keepStreamsOnly({ fcntl, syscall }: Pick<CLibrary, "fcntl" | "syscall">): void {
  for (let stream = 0; stream < firstOther; stream++) fcntl(stream, setFlags, 0)
  if (syscall(closeRange, firstOther, lastDescriptor, onExec) === 0) return
  // Before Linux 5.11, and where a filter of system calls does not know it.
  for (const descriptor of openDescriptors()) {
    if (descriptor >= firstOther) fcntl(descriptor, setFlags, closeOnExec)
  }
}

function openDescriptors(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd").map(Number)
  } catch {
    return Array.from({ length: 1_024 }, (_, at) => at)
  }
}

/** What Bun has no name for, and `execve` answers. */
const furtherCodes: Readonly<Record<number, string>> = { 80: "ELIBBAD" }

/** The system's name of an error, such as `ENOENT`; `errno 117` for one without. */
export function errorCode(number: number): string {
  const { errno } = process.getBuiltinModule("node:os").constants
  const [name] = Object.entries(errno).find(([, value]) => value === number) ?? []
  return name ?? furtherCodes[number] ?? `errno ${number}`
}
