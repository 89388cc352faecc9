import type * as Ffi from "bun:ffi"

/** Names of the C library: glibc, musl, macOS. */
const names = ["libc.so.6", "libc.so", `libc.musl-${muslArch()}.so.1`, "libSystem.B.dylib"]

function muslArch(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64"
}

type Shapes = Parameters<typeof Ffi.dlopen>[1]

/** Functions of the C library, and what reads and gives addresses. */
export interface CLibrary<T extends Shapes> {
  readonly symbols: ReturnType<typeof Ffi.dlopen<T>>["symbols"]
  readonly ptr: typeof Ffi.ptr
  readonly read: typeof Ffi.read
}

/** @returns `null` where the runtime is not Bun, or the C library cannot be called. */
export async function openLibrary<T extends Shapes>(shapes: T): Promise<CLibrary<T> | null> {
  if (process.versions["bun"] === undefined) return null
  const { dlopen, ptr, read } = await import("bun:ffi")
  for (const name of names) {
    try {
      return { symbols: dlopen(name, shapes).symbols, ptr, read }
    } catch {
      // Another C library.
    }
  }
  return null
}
