import type { constants as nodeConstants } from "node:fs"

/** The flags of `open` and the modes of `access` that are used, by their names in `node:fs`. */
export type FileConstants = Pick<
  typeof nodeConstants,
  | "F_OK"
  | "O_CREAT"
  | "O_DIRECTORY"
  | "O_EXCL"
  | "O_NOFOLLOW"
  | "O_NONBLOCK"
  | "O_RDONLY"
  | "O_WRONLY"
  | "X_OK"
>

/** Two of them are other ones on arm64 (arch/arm64/include/uapi/asm/fcntl.h). */
const ofArchitecture =
  process.arch === "arm64"
    ? { O_DIRECTORY: 0o40000, O_NOFOLLOW: 0o100000 }
    : { O_DIRECTORY: 0o200000, O_NOFOLLOW: 0o400000 }

/** Linux's own numbers, for x64 and arm64 (include/uapi/asm-generic/fcntl.h). */
export const linuxConstants: FileConstants = {
  F_OK: 0,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NONBLOCK: 0o4000,
  O_RDONLY: 0,
  O_WRONLY: 1,
  X_OK: 1,
  ...ofArchitecture,
}
