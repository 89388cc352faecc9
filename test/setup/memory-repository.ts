import { EnvsealError } from "../../src/core/error.ts"
import type { Change, Files, Folders, WorkTree } from "../../src/ports/files.ts"

/** A repository that is in memory: texts by their paths. Folders are there as far as something is in them. */
export class MemoryRepository {
  readonly texts: Map<string, string>

  constructor(texts: Readonly<Record<string, string>>) {
    this.texts = new Map(Object.entries(texts))
  }

  get ports(): { readonly tree: WorkTree; readonly files: Files; readonly folders: Folders } {
    return { tree: this.#tree(), files: this.#files(), folders: this.#folders() }
  }

  #tree(): WorkTree {
    return {
      look: async (path) => {
        const text = this.texts.get(path)
        if (text !== undefined) return { type: "file", bytes: Buffer.from(text) }
        const isFolder = [...this.texts.keys()].some((one) => one.startsWith(`${path}/`))
        return isFolder ? { type: "blocked", path, by: "folder" } : { type: "nothing" }
      },
      write: async (changes: readonly Change[]) => {
        for (const { path, replaces } of changes) {
          const there = this.texts.get(path)
          const seen = replaces === null ? undefined : Buffer.from(replaces).toString()
          if (there !== seen) throw new EnvsealError("TARGET_EXISTS", `${path} has come to be meanwhile`)
        }
        for (const { path, bytes } of changes) this.texts.set(path, Buffer.from(bytes).toString())
      },
    }
  }

  #files(): Files {
    const missing = async (): Promise<never> => {
      throw new EnvsealError("INPUT_UNREADABLE", "it is not there")
    }
    return {
      read: async (path) => Buffer.from(this.texts.get(path) ?? (await missing())),
      exists: async (path) => this.texts.has(path),
      ...{ readStdin: missing, isSame: missing, isPublic: missing, isPlanted: missing },
      ...{ replace: missing, planSecret: missing, createSecret: missing },
    }
  }

  #folders(): Folders {
    return {
      files: async (root, endings) =>
        [...this.texts.keys()]
          .filter((path) => path.startsWith(root) && endings.some((ending) => path.endsWith(ending)))
          .sort(),
    }
  }
}
