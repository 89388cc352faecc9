import type * as NodeFileSystem from "node:fs"
import type { FileCalls, FilePath, FileStats, FurtherCalls } from "./file-shapes.ts"

/** What is used of `node:fs`, which takes bytes for a path: its types say that only of a `Buffer`. */
export type NodeCalls = FileCalls &
  Pick<typeof NodeFileSystem, "constants" | "ftruncateSync"> &
  Record<"statSync" | "lstatSync", (path: FilePath, options: typeof ifThere) => FileStats | undefined>

const ifThere = { throwIfNoEntry: false } as const

/** Loaded where it is needed: under Bun on Linux it seldom is. */
export function nodeCalls(): NodeCalls {
  return process.getBuiltinModule("node:fs") as unknown as NodeCalls
}

/** By `node:fs`. */
export function furtherCalls({ lstatSync, readdirSync, statSync }: NodeCalls): FurtherCalls {
  return {
    statIfThere: (path) => statSync(path, ifThere) ?? null,
    lstatIfThere: (path) => lstatSync(path, ifThere) ?? null,
    namesBeginning: (path, beginning) => readdirSync(path).filter((name) => name.startsWith(beginning)),
  }
}
