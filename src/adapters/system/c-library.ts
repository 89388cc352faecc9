/** Names of the C library: glibc, musl, macOS. */
const names = ["libc.so.6", "libc.so", `libc.musl-${muslArch()}.so.1`, "libSystem.B.dylib"]

function muslArch(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64"
}

/** Where the C library keeps the last failure, by its name in glibc and musl, and on macOS. */
const errnoName = process.platform === "darwin" ? "__error" : "__errno_location"

/**
 * All that is called, in one table: to open the library again costs as much as the first time. `syscall` has the shape
 * of its widest use.
 */
const shapes = {
  access: { args: ["ptr", "i32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  fchmod: { args: ["i32", "u32"], returns: "i32" },
  fchown: { args: ["i32", "u32", "u32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  fsync: { args: ["i32"], returns: "i32" },
  linkat: { args: ["i32", "ptr", "i32", "ptr", "i32"], returns: "i32" },
  open: { args: ["ptr", "i32", "u32"], returns: "i32" },
  pread: { args: ["i32", "ptr", "u64", "i64"], returns: "i64_fast" },
  read: { args: ["i32", "ptr", "u64"], returns: "i64_fast" },
  readlink: { args: ["ptr", "ptr", "u64"], returns: "i64_fast" },
  realpath: { args: ["ptr", "ptr"], returns: "ptr" },
  rename: { args: ["ptr", "ptr"], returns: "i32" },
  sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  statfs: { args: ["ptr", "ptr"], returns: "i32" },
  syscall: { args: ["i32", "i32", "ptr", "i32", "u32", "ptr"], returns: "i32" },
  unlink: { args: ["ptr"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i64_fast" },
  [errnoName]: { args: [], returns: "ptr" },
} as const

/** Bytes that the system reads or writes while it is called; `null` is no address; a number is one. */
export type Memory = Uint8Array | Uint32Array | BigUint64Array | null | number

/**
 * Functions of the C library, as Bun calls them: what they take and return is in their manual pages. Where nothing else is
 * said, each returns -1 when it failed. Paths end with a NUL. `open`, `fcntl` and `syscall` are variadic: call these on
 * Linux alone, because macOS passes such arguments in another way.
 */
export interface CLibrary {
  access(path: Memory, mode: number): number
  close(descriptor: number): number
  /** Returns only when it failed. */
  execve(file: Memory, argv: Memory, variables: Memory): number
  fchmod(descriptor: number, mode: number): number
  fchown(descriptor: number, uid: number, gid: number): number
  fcntl(descriptor: number, command: number, argument: number): number
  fsync(descriptor: number): number
  linkat(fromFolder: number, from: Memory, toFolder: number, to: Memory, flags: number): number
  open(path: Memory, flags: number, mode: number): number
  pread(descriptor: number, into: Memory, length: number, position: number): number
  read(descriptor: number, into: Memory, length: number): number
  readlink(path: Memory, into: Memory, length: number): number
  /** @returns `null` when it failed. */
  realpath(path: Memory, into: Memory): number | null
  rename(from: Memory, to: Memory): number
  sigprocmask(how: number, set: Memory, old: Memory): number
  statfs(path: Memory, into: Memory): number
  syscall(number: number, first: number, second: Memory, third: number, fourth: number, fifth: Memory): number
  unlink(path: Memory): number
  write(descriptor: number, bytes: Memory, length: number): number
  /** The number of the last failure. Ask at once: any other call may change it. */
  errno(): number
  /** The address of bytes, which the caller keeps for as long as it is used. */
  ptr(bytes: Uint8Array | BigUint64Array): number
}

/**
 * What is used of `Bun.FFI`. Bun documents the module `bun:ffi`, which only hands this on, takes as many instructions to
 * load as a tenth of an empty program, and has to be waited for.
 */
interface ForeignFunctions {
  /**
   * @returns an `Error` for a library that is not there, or that lacks a function.
   * @throws TypeError where the system lets no machine code be made.
   */
  dlopen(
    name: string,
    shapes: unknown,
  ): Error | { readonly symbols: Omit<CLibrary, "errno" | "ptr"> & Record<string, () => number> }
  ptr(bytes: Uint8Array | BigUint64Array): number
  readonly read: { i32(address: number, offset: number): number }
}

let opened: CLibrary | null | undefined

/** @returns `null` where the runtime is not Bun, or the C library cannot be called. */
export function cLibrary(): CLibrary | null {
  if (opened === undefined) opened = open()
  return opened
}

function open(): CLibrary | null {
  const { Bun: bun } = globalThis as { readonly Bun?: { readonly FFI?: ForeignFunctions } }
  if (bun?.FFI === undefined) return null
  const { dlopen, ptr, read } = bun.FFI
  try {
    for (const name of names) {
      const library = dlopen(name, shapes)
      if (library instanceof Error) continue
      const { [errnoName]: errno, ...functions } = library.symbols
      return { ...functions, errno: () => read.i32(errno?.() ?? 0, 0), ptr }
    }
  } catch {
    // Without machine code there are no calls of functions, and what needs them has another way.
  }
  return null
}
