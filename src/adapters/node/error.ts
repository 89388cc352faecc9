import { EnvsealError, type ErrorCode, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"

/** What the operating system's codes mean, in words that follow the name of a path. */
const meanings: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ELOOP: "too many symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than allowed",
  EROFS: "the file system is read-only",
  EMFILE: "too many open files",
  ENFILE: "too many open files on this machine",
  EIO: "input or output error",
  EPIPE: "the reader has gone",
  EBADF: "it is closed",
}

/** Node's I/O errors as ours. The path and the system's code are kept; Node's message is not needed. */
export function fileError(
  code: ErrorCode,
  verb: string,
  path: string,
  cause: unknown,
  hint?: string,
): EnvsealError {
  const system = systemCode(cause)
  const meaning = system === null ? "unknown failure" : `${meanings[system] ?? "failed"} (${system})`
  const message = `could not ${verb} ${printable(path)}: ${meaning}`
  return new EnvsealError(code, message, { cause, ...(hint === undefined ? {} : { hint }) })
}

/** `INPUT_UNREADABLE`, of a file or stream that could not be read. */
export function unreadableFile(path: string, cause: unknown): EnvsealError {
  return fileError("INPUT_UNREADABLE", "read", path, cause, readingHint(systemCode(cause), printable(path)))
}

function readingHint(system: string | null, path: string): string {
  if (system === "ENOENT" || system === "ENOTDIR") return "check its name, and the folder that you are in"
  if (system === "EISDIR") return `name a file, such as one in ${path}`
  if (system === "EACCES" || system === "EPERM") return `check who may read ${path}`
  return `check that ${path} is the right file, and who may read it`
}
