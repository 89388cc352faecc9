import { EnvsealError } from "../../core/error.ts"
import type { DeployFailure } from "../core/plan.ts"

/** The failure as the core knows it. Anything that envseal did not foresee passes through: it is a bug. */
export function failureOf(error: unknown): DeployFailure {
  if (!(error instanceof EnvsealError)) throw error
  const { code, message, hint, problems } = error
  return { code, message, hint, problems }
}

export function errorOf({ code, message, hint, problems }: DeployFailure): EnvsealError {
  return new EnvsealError(code, message, { problems, ...(hint === undefined ? {} : { hint }) })
}
