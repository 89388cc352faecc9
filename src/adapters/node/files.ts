import { accessSync, constants } from "node:fs"
import type { Files, SecretFile, WrittenSecret } from "../../ports/files.ts"
import { findAccount } from "./account.ts"
import { createFile } from "./create.ts"
import { readLimited, readStdinLimited } from "./read.ts"
import { replaceFile, requireTmpfs } from "./replace.ts"
import { findTarget } from "./target.ts"
import { plainRules, SecretRules } from "./trust.ts"

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
  replace: async (path, bytes, mode) => {
    const target = findTarget(path, plainRules)
    try {
      await replaceFile(target, bytes, { mode, owner: null, guarded: false })
    } finally {
      target.folder.release()
    }
  },
  replaceSecret,
  createSecret: async (path, bytes) => createFile(path, bytes),
}

async function replaceSecret(path: string, bytes: Uint8Array, file: SecretFile): Promise<WrittenSecret> {
  const owner = file.owner === null ? null : findAccount(file.owner)
  const target = findTarget(path, new SecretRules(owner))
  try {
    if (file.requireTmpfs) requireTmpfs(target)
    // Its folder stays held for as long as the process runs, so that the file can be removed again.
    const { undo } = await replaceFile(target, bytes, { mode: file.mode, owner, guarded: true })
    return { path: target.path, undo }
  } catch (error) {
    target.folder.release()
    throw error
  }
}
