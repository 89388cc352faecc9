import { latePattern } from "./late-pattern.ts"

/** What may stand inside an identity that was pasted with line breaks: as it is, or escaped. */
const gap = String.raw`(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|\\+(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|[bfnrt]))`

/** An age identity (`AGE-SECRET-KEY-1…`, `AGE-SECRET-KEY-PQ-1…`), a damaged or a cut one, in either case. */
const identity = latePattern(`(AGE-SECRET-KEY-)([0-9A-Z-]*(?:${gap}+[0-9A-Z-]+)*)`, "giu")

/** A text without the age identities in it. One that only speaks of them (`AGE-SECRET-KEY-1…`) stays as it is. */
export function withoutIdentities(text: string): string {
  return text.replace(identity(), (found, prefix: string, body: string) =>
    /^(?:PQ-)?1?$/i.test(body) ? found : `${prefix}…`,
  )
}
