import { EnvsealError } from "../../core/error.ts"
import type { Context } from "../../envelope/context.ts"

/**
 * A policy without a context would let the role open the envelopes of every environment under the key.
 *
 * @throws EnvsealError `USAGE` when there is none.
 */
export function pinnedContext(context: Context): Context {
  if (Object.keys(context).length > 0) return context
  throw new EnvsealError("USAGE", "there is no context to pin", {
    hint: "pass --context app=shop and --environment production, as seal does",
  })
}
