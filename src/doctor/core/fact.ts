import { EnvsealError } from "../../core/error.ts"
import { type Finding, type LinkSubject, of, unchecked, waiting } from "./finding.ts"

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

/** The findings of links that mean nothing unless another one is right. */
export function after(
  base: Finding,
  subjects: readonly LinkSubject[],
  judge: () => readonly Finding[],
): readonly Finding[] {
  if (base.answer === "ok") return judge()
  return subjects.map((subject) => waiting(subject, base))
}

/**
 * That a link is not checked, because what it is judged by is not known.
 *
 * @param right what has to be allowed to ask, such as `kms:DescribeKey`.
 */
export function unknown(
  subject: LinkSubject,
  fact: Extract<Fact<unknown>, { known: false }>,
  right: string,
): Finding {
  const code = fact.error?.code
  if (code === "ACCESS_DENIED") return unchecked(subject, `${right} is not allowed to you`)
  if (code === "NO_CREDENTIALS" || code === "CREDENTIALS_REFUSED") {
    return waiting(subject, of("account"), "there are no credentials that are accepted")
  }
  return unchecked(subject, fact.why)
}
