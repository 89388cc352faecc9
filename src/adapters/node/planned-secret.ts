import type { PlannedSecret, SecretFile } from "../../ports/files.ts"
import type { FileAccess } from "../../ports/surroundings.ts"
import { type Account, findAccount } from "./account.ts"
import { replaceFile, requireTmpfs } from "./replace.ts"
import { resolveTarget, type WriteTarget } from "./target.ts"
import { SecretRules } from "./trust.ts"

/** `planSecret` of the port `Files`. */
export async function planSecret(path: string, file: SecretFile): Promise<PlannedSecret> {
  const owner = file.owner === null ? null : findAccount(file.owner)
  const rules = new SecretRules(owner)
  const target = resolveTarget(path, rules)
  try {
    if (file.requireTmpfs) requireTmpfs(target)
  } catch (error) {
    target.folder.release()
    throw error
  }
  const { mode } = file
  return {
    path: target.path,
    file: futureFile(target, mode, owner),
    folders: rules.folders,
    // The folder stays held for as long as the process runs, so that the file can be removed again.
    write: async (bytes) => {
      const replaced = replaceFile(target, bytes, { mode, owner, guarded: true })
      return { path: target.path, ...replaced }
    },
  }
}

function futureFile({ path }: WriteTarget, mode: number, account: Account | null): FileAccess {
  return {
    path,
    uid: account?.uid ?? process.geteuid?.() ?? 0,
    gid: account?.gid ?? process.getegid?.() ?? 0,
    mode,
  }
}
