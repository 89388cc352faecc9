import { EnvsealError } from "../../src/core/error.ts"

/**
 * The EnvsealError that some work ends with.
 *
 * @throws Error when the work succeeds, or whatever else it throws: that is a bug in envseal.
 */
export async function failureOf(work: () => unknown): Promise<EnvsealError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof EnvsealError) return error
    throw error
  }
  throw new Error("it succeeded, and should have failed")
}
