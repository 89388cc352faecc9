import type { Fact } from "./fact.ts"
import { type Finding, type LinkSubject, titleOf, unchecked } from "./finding.ts"

/** The findings of links that mean nothing unless another one is right. */
export function after(
  base: Finding,
  subjects: readonly LinkSubject[],
  judge: () => readonly Finding[],
): readonly Finding[] {
  if (base.answer === "ok") return judge()
  return subjects.map((subject) => unchecked(subject, `depends on ${titleOf(base)}`))
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
    return unchecked(subject, "depends on account: there are no credentials that are accepted")
  }
  return unchecked(subject, fact.why)
}
