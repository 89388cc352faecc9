import { isBun } from "../../core/runtime.ts"

/** Names of the C library: glibc, musl, macOS. */
const names = ["libc.so.6", "libc.so", `libc.musl-${muslArch()}.so.1`, "libSystem.B.dylib"]

function muslArch(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64"
}

/** Where the C library keeps the last failure, by its name in glibc and musl, and on macOS. */
const errnoName = process.platform === "darwin" ? "__error" : "__errno_location"

/** All that is called, in one table: to open the library again costs as much as the first time. */
const shapes = {
  execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  linkat: { args: ["i32", "ptr", "i32", "ptr", "i32"], returns: "i32" },
  sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  syscall: { args: ["i32", "i32", "i32", "i32"], returns: "i32" },
  [errnoName]: { args: [], returns: "ptr" },
} as const

/** Functions of the C library, as Bun calls them. */
export interface CLibrary {
  /** Returns only when it failed. */
  readonly execve: (file: number, argv: number, variables: number) => number
  /** Variadic, as `syscall` is. Call both on Linux alone: macOS passes such arguments in another way. */
  readonly fcntl: (descriptor: number, command: number, argument: number) => number
  readonly syscall: (number: number, first: number, second: number, third: number) => number
  readonly sigprocmask: (how: number, set: number, old: number) => number
  readonly linkat: (fromFolder: number, from: number, toFolder: number, to: number, flags: number) => number
  /** The number of the last failure. */
  readonly errno: () => number
  /** The address of bytes, which the caller keeps for as long as it is used. */
  readonly ptr: (bytes: Uint8Array | BigUint64Array) => number
}

let opened: Promise<CLibrary | null> | undefined

/** @returns `null` where the runtime is not Bun, or the C library cannot be called. */
export function cLibrary(): Promise<CLibrary | null> {
  opened ??= open()
  return opened
}

async function open(): Promise<CLibrary | null> {
  if (!isBun) return null
  const { dlopen, ptr, read } = await import("bun:ffi")
  for (const name of names) {
    try {
      const { [errnoName]: errno, ...functions } = dlopen(name, shapes).symbols
      return { ...functions, errno: () => read.i32(errno?.() ?? 0, 0), ptr }
    } catch {
      // Another C library.
    }
  }
  return null
}
