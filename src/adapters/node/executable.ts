/** What a file says of how the kernel is to run it. */
export type Executable =
  | {
      readonly type: "script"
      readonly interpreter: Buffer
      /** What stands after the interpreter on the first line, as one text; empty when nothing does. */
      readonly argument: string
    }
  | {
      readonly type: "elf"
      readonly machine: number
      /** The program that loads it (PT_INTERP); `null` for a static one. */
      readonly loader: Buffer | null
    }
  | ({ readonly type: "unusable" } & StartFault)

/** Why a file cannot be run, in words that follow its name. */
export interface StartFault {
  readonly why: string
  /** `null` where nothing more is known than for any other command. */
  readonly hint: string | null
}

/** Reads up to `length` bytes at `position`; fewer where the file ends. */
export type ReadAt = (position: number, length: number) => Buffer

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
  if (start.subarray(0, 2).toString("latin1") === "#!") return readScript(start)
  if (start.subarray(0, 4).toString("latin1") === "\x7fELF") return readElf(start, readAt)
  return unusable(
    "it is neither a program nor a script with #!",
    "begin it with a line such as #!/bin/sh, or start it with: -- sh FILE",
  )
}

function readScript(start: Buffer): Executable {
  const end = start.subarray(2).findIndex((byte) => byte === 0x0a || byte === 0)
  // In latin1 each character is one byte, so that a path stays what it is.
  const line = start.subarray(2, end < 0 ? undefined : end + 2).toString("latin1")
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
  return { type: "script", interpreter: Buffer.from(interpreter, "latin1"), argument }
}

function readElf(start: Buffer, readAt: ReadAt): Executable {
  if (start.length < elfHeaderBytes) return unusable("it is cut off")
  const machine = start.readUInt16LE(18)
  // A header of 32 bits has other places; its machine says enough.
  if (start[4] !== 2) return { type: "elf", machine, loader: null }
  if (!executableTypes.includes(start.readUInt16LE(16))) return unusable("it is a part of a program, not one")
  const headers = readProgramHeaders(start, readAt)
  if (headers === null) return unusable("it is cut off or damaged")
  for (let at = 0; at < headers.length; at += programHeaderBytes) {
    if (headers.readUInt32LE(at) !== interpreterType) continue
    const loader = readLoader(headers, at, readAt)
    return loader === null ? unusable("it is cut off or damaged") : { type: "elf", machine, loader }
  }
  return { type: "elf", machine, loader: null }
}

/** @returns `null` when they are not whole. */
function readProgramHeaders(start: Buffer, readAt: ReadAt): Buffer | null {
  const count = start.readUInt16LE(56)
  if (start.readUInt16LE(54) !== programHeaderBytes || count === 0 || count > maxProgramHeaders) return null
  return readWhole(readAt, start.readBigUInt64LE(32), count * programHeaderBytes)
}

/** The path that a program header stands for, without its NUL; `null` when it is not whole. */
function readLoader(headers: Buffer, at: number, readAt: ReadAt): Buffer | null {
  const length = Number(headers.readBigUInt64LE(at + 32))
  if (length < 2 || length > maxPathBytes) return null
  const path = readWhole(readAt, headers.readBigUInt64LE(at + 8), length)
  return path === null || path[length - 1] !== 0 ? null : path.subarray(0, path.indexOf(0))
}

function readWhole(readAt: ReadAt, position: bigint, length: number): Buffer | null {
  if (position > BigInt(Number.MAX_SAFE_INTEGER)) return null
  const bytes = readAt(Number(position), length)
  return bytes.length < length ? null : bytes
}

function unusable(why: string, hint: string | null = null): Executable {
  return { type: "unusable", why, hint }
}
