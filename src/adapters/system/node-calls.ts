import type * as NodeFileSystem from "node:fs"
import type { FileCalls } from "./file-shapes.ts"

/** What is used of `node:fs`, which takes bytes for a path: its types say that only of a `Buffer`. */
export type NodeCalls = FileCalls & Pick<typeof NodeFileSystem, "constants" | "ftruncateSync">

/** Loaded where it is needed: under Bun on Linux it seldom is. */
export function nodeCalls(): NodeCalls {
  return process.getBuiltinModule("node:fs") as unknown as NodeCalls
}
