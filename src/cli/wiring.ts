import type { Ports } from "../app/ports.ts"
import type { Talk } from "../ports/talk.ts"

/** The real world for a use case. Adapters are loaded here, by the commands that need them. */
export async function makePorts(talk: Talk): Promise<Ports> {
  const { nodeFiles } = await import("../adapters/node/files.ts")
  return { files: nodeFiles, talk, clock: { now: () => new Date() }, environment: process.env }
}
