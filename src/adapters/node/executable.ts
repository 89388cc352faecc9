import { bytesOfText, textOfBytes } from "../../core/bytes.ts"

/** What a file says of how the kernel is to run it. */
export type Executable =
  | {
      readonly type: "script"
      readonly interpreter: Uint8Array
      /** What stands after the interpreter on the first line, as one text; empty when nothing does. */
      readonly argument: string
    }
  | {
      readonly type: "elf"
      readonly machine: number
      /** The program that loads it (PT_INTERP); `null` for a static one. */
      readonly loader: Uint8Array | null
    }
  | ({ readonly type: "unusable" } & StartFault)

/** Why a file cannot be run, in words that follow its name. */
export interface StartFault {
  readonly why: string
  /** `null` where nothing more is known than for any other command. */
  readonly hint: string | null
}

/** Reads up to `length` bytes at `position`; fewer where the file ends. */
export type ReadAt = (position: number, length: number) => Uint8Array

/** Linux: BINPRM_BUF_SIZE. Of a script, no more is looked at. */
const firstBytes = 256
const elfHeaderBytes = 64
/** 64-bit ELF: the only size of a program header that the kernel takes. */
const programHeaderBytes = 56
const maxProgramHeaders = 1_170
const interpreterType = 3
const executableTypes: readonly number[] = [2, 3]
const maxPathBytes = 4_096

/** Reads what Linux's own loaders would (fs/binfmt_script.c and fs/binfmt_elf.c). */
export function readExecutable(readAt: ReadAt): Executable {
  const start = readAt(0, firstBytes)
  if (start.length === 0) return unusable("it is empty")
  const first = textOfBytes(start.subarray(0, 4))
  if (first.startsWith("#!")) return readScript(start)
  if (first === "\x7fELF") return readElf(start, readAt)
  return unusable(
    "it is neither a program nor a script with #!",
    "begin it with a line such as #!/bin/sh, or start it with: -- sh FILE",
  )
}

function readScript(start: Uint8Array): Executable {
  const end = start.subarray(2).findIndex((byte) => byte === 0x0a || byte === 0)
  const line = textOfBytes(start.subarray(2, end < 0 ? undefined : end + 2))
  if (line.endsWith("\r")) {
    return unusable(
      "its lines end in CRLF, and the CR would belong to the name of its interpreter",
      "save it with LF line ends: sed -i 's/\\r$//' FILE, and put eol=lf into .gitattributes",
    )
  }
  const [, interpreter = "", blank = "", argument = ""] =
    /^[ \t]*([^ \t]*)([ \t]*)(.*?)[ \t]*$/s.exec(line) ?? []
  if (interpreter === "") return unusable("its #! line names no interpreter")
  if (end < 0 && start.length === firstBytes && blank === "") return unusable("its #! line is too long")
  return { type: "script", interpreter: bytesOfText(interpreter), argument }
}

function readElf(start: Uint8Array, readAt: ReadAt): Executable {
  if (start.length < elfHeaderBytes) return unusable("it is cut off")
  const header = viewOf(start)
  const machine = header.getUint16(18, true)
  // A header of 32 bits has other places; its machine says enough.
  if (start[4] !== 2) return { type: "elf", machine, loader: null }
  if (!executableTypes.includes(header.getUint16(16, true)))
    return unusable("it is a part of a program, not one")
  const headers = readProgramHeaders(header, readAt)
  if (headers === null) return unusable("it is cut off or damaged")
  for (let at = 0; at < headers.byteLength; at += programHeaderBytes) {
    if (headers.getUint32(at, true) !== interpreterType) continue
    const loader = readLoader(headers, at, readAt)
    return loader === null ? unusable("it is cut off or damaged") : { type: "elf", machine, loader }
  }
  return { type: "elf", machine, loader: null }
}

/** @returns `null` when they are not whole. */
function readProgramHeaders(header: DataView, readAt: ReadAt): DataView | null {
  const count = header.getUint16(56, true)
  if (header.getUint16(54, true) !== programHeaderBytes || count === 0 || count > maxProgramHeaders)
    return null
  const headers = readWhole(readAt, longAt(header, 32), count * programHeaderBytes)
  return headers === null ? null : viewOf(headers)
}

/** The path that a program header stands for, without its NUL; `null` when it is not whole. */
function readLoader(headers: DataView, at: number, readAt: ReadAt): Uint8Array | null {
  const length = longAt(headers, at + 32)
  if (length < 2 || length > maxPathBytes) return null
  const path = readWhole(readAt, longAt(headers, at + 8), length)
  return path === null || path[length - 1] !== 0 ? null : path.subarray(0, path.indexOf(0))
}

function readWhole(readAt: ReadAt, position: number, length: number): Uint8Array | null {
  if (!Number.isSafeInteger(position)) return null
  const bytes = readAt(position, length)
  return bytes.length < length ? null : bytes
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** 64 bits; above 2^53 it is not exact, and no safe integer either. */
function longAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true)
}

function unusable(why: string, hint: string | null = null): Executable {
  return { type: "unusable", why, hint }
}
