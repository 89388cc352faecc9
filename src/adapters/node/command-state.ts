import type { CLibrary } from "../system/c-library.ts"
import { readdirSync } from "../system/file-calls.ts"

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

/** Unblocks all signals: one that the parent had blocked would never reach the command. Node does so when it starts. */
export function unblockSignals({ sigprocmask }: Pick<CLibrary, "sigprocmask">): void {
  sigprocmask(setMask, noSignals, null)
}

/** Keeps the three standard streams open for the command, those too that the runtime opened in place of closed ones, and nothing else. */
export function keepStreamsOnly({ fcntl, syscall }: Pick<CLibrary, "fcntl" | "syscall">): void {
  for (let stream = 0; stream < firstOther; stream++) fcntl(stream, setFlags, 0)
  if (syscall(closeRange, firstOther, lastDescriptor, onExec, 0, null) === 0) return
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
