import { makeProgram, RefusedLine, refusalFailure } from "../../src/cli/program.ts"
import { EnvsealError } from "../../src/core/error.ts"

/**
 * What a command line is refused with, without a process.
 *
 * @param args as a shell gives them.
 * @returns `null` when it is not refused.
 */
export async function refusalOf(args: readonly string[]): Promise<EnvsealError | null> {
  const program = await makeProgram({ command: null, outcome: { status: 0 } }, args[0])
  try {
    await program.parseAsync(args, { from: "user" })
    return null
  } catch (error) {
    if (error instanceof EnvsealError) return error
    if (error instanceof RefusedLine) return refusalFailure(error)
    throw error
  }
}
