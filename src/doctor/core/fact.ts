import { EnvsealError } from "../../core/error.ts"

/** What was asked for: the answer, or the failure that came in its place. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  /** `error` is `null` for what was not asked, because of something else. */
  | { readonly known: false; readonly error: EnvsealError | null; readonly why: string }

/** How long what is asked may take altogether. */
export interface Patience {
  /** @throws EnvsealError `TIMED_OUT`. */
  race<T>(what: string, work: Promise<T>): Promise<T>
}

/**
 * Asks, and takes a failure that envseal foresaw for an answer, so that it hides nothing else.
 *
 * @param what for the message when time runs out.
 */
export async function learn<T>(what: string, patience: Patience, ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await patience.race(what, ask()) }
  } catch (error) {
    if (!(error instanceof EnvsealError)) throw error
    return { known: false, error, why: error.message }
  }
}

export function unasked(why: string): { readonly known: false; readonly error: null; readonly why: string } {
  return { known: false, error: null, why }
}

export function isDeniedFact<T>(fact: Fact<T>): boolean {
  return !fact.known && fact.error?.code === "ACCESS_DENIED"
}
