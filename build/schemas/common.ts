import { z } from "zod"
import type { ErrorCode, Problem, ProblemCode } from "../../src/core/error.ts"
import type { Difference } from "../../src/dotenv/diff.ts"
import { growing, shapeOf, text } from "./shape.ts"

export const errorCode = growing<ErrorCode>("A permanent code: docs/errors.md.", /^[A-Z][A-Z_]*$/)

export const problem = shapeOf<Problem>("Problem")(
  z.object({
    code: growing<ProblemCode>("A permanent code: docs/errors.md.", /^[A-Z][A-Z_]*$/),
    name: text.describe("A name of a secret, a place in a file, a path, or a workload."),
    reason: text.describe("What is wrong, for people."),
  }),
)

export const problems = z.array(problem).describe("Each single fault, where there are several.")

/** What standard error gets when a command fails. */
export const failure = z.object({
  error: z.object({
    code: errorCode,
    message: text.describe("What failed, for people; it never holds a value."),
    hint: text.optional().describe("What to do next, for people."),
    problems,
  }),
})

export const difference = shapeOf<Difference>("Difference")(
  z.object({ name: text, change: z.enum(["added", "removed", "changed"]) }),
)
