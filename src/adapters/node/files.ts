import { accessSync, constants, realpathSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { EnvsealError, systemCode } from "../../core/error.ts"
import { printable } from "../../core/text.ts"
import type { Files, SecretFile } from "../../ports/files.ts"
import { findAccount } from "./account.ts"
import { createFile } from "./create.ts"
import { fileError } from "./error.ts"
import { readLimited, readStdinLimited } from "./read.ts"
import { replaceFile, requireTmpfs } from "./replace.ts"
import { resolveTarget } from "./target.ts"

/** The real file system. */
export const nodeFiles: Files = {
  read: readLimited,
  readStdin: readStdinLimited,
  exists: async (path) => {
    try {
      accessSync(path, constants.F_OK)
      return true
    } catch {
      return false
    }
  },
  replace: async (path, bytes, mode) =>
    replaceFile(followLinks(path), bytes, { mode, owner: null, guarded: false }),
  replaceSecret,
  createSecret: async (path, bytes) => createFile(path, bytes),
}

async function replaceSecret(path: string, bytes: Uint8Array, file: SecretFile): Promise<string> {
  const owner = file.owner === null ? null : findAccount(file.owner)
  const target = resolveTarget(path, owner)
  if (file.requireTmpfs) requireTmpfs(target)
  await replaceFile(target, bytes, { mode: file.mode, owner, guarded: true })
  return target
}

/** A link at the target stays a link; one that points to nothing is replaced. Devices and folders are refused. */
function followLinks(path: string): string {
  try {
    const real = realpathSync(path)
    if (statSync(real).isFile()) return real
  } catch (error) {
    if (systemCode(error) === "ENOENT") return resolve(path)
    throw fileError("WRITE_FAILED", "write", path, error)
  }
  throw new EnvsealError("TARGET_UNSAFE", `will not write to ${printable(path)}: it is not a regular file`, {
    hint: "name a file, or - for standard output",
  })
}
