import { EnvsealError, type Problem } from "../../core/error.ts"
import type { Ports } from "../../ports/envelope-ports.ts"
import { type AssembleRequest, assemble } from "./assemble.ts"

/** Whether a secret could be sealed. Safe to print: no field here can hold a value. */
export interface Checked {
  readonly names: number
  readonly problems: readonly Problem[]
}

/** All of seal's checks, with nothing written. A secret that fails them is an answer, not an error. */
export async function checkSecret(request: AssembleRequest, ports: Ports): Promise<Checked> {
  try {
    return { names: (await assemble(request, ports)).entries.length, problems: [] }
  } catch (error) {
    if (!(error instanceof EnvsealError) || error.code !== "SECRET_REFUSED") throw error
    return { names: 0, problems: error.problems }
  }
}
