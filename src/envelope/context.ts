import { EnvsealError } from "../core/error.ts"
import { contextName, contextValue, maxContextPairs } from "../core/grammar.ts"
import { printable } from "../core/text.ts"

/**
 * The pairs that say what an envelope is for, such as `app` and `environment`. They never change from build to
 * build, so that policies can pin them.
 */
export type Context = Readonly<Record<string, string>>

/** What is wrong with a context, or `null`. Only characters that IAM policies can compare are allowed. */
export function contextFault(context: Context): string | null {
  const pairs = Object.entries(context)
  if (pairs.length > maxContextPairs) return `it has more than ${maxContextPairs} pairs`
  // To a policy, names that differ in case alone are one.
  if (new Set(pairs.map(([name]) => name.toLowerCase())).size < pairs.length)
    return "two names differ in case alone"
  for (const [name, value] of pairs) {
    if (!contextName.test(name)) return `"${printable(name)}" is not a context name`
    if (!contextValue.test(value)) return `the value of ${name} has a character that policies cannot compare`
  }
  return null
}

/**
 * Reads `name=value` pairs, several in one text separated by commas.
 *
 * @throws EnvsealError `USAGE` for a malformed pair, or one name with two values.
 */
export function parseContext(texts: readonly string[], flag: string): Context {
  const pairs = new Map<string, string>()
  for (const text of texts) {
    for (const pair of text.split(",")) {
      const [, name, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? []
      if (name === undefined || value === undefined) {
        throw usage(flag, `"${printable(pair)}" is not name=value`)
      }
      if ((pairs.get(name) ?? value) !== value) throw usage(flag, `${printable(name)} has two values`)
      pairs.set(name, value)
    }
  }
  // It has no members but its own: `__proto__` is a name like any other.
  const context: Record<string, string> = Object.create(null)
  for (const [name, value] of pairs) context[name] = value
  const fault = contextFault(context)
  if (fault !== null) throw usage(flag, fault)
  return context
}

function usage(flag: string, what: string): EnvsealError {
  return new EnvsealError("USAGE", `${flag}: ${what}`, {
    hint: `write it as ${flag} app=shop,environment=production`,
  })
}

export function formatContext(context: Context): string {
  return Object.keys(context)
    .sort()
    .map((name) => `${name}=${context[name]}`)
    .join(",")
}

/**
 * The caller's word against the header's: they must hold the same pairs, no more and no less.
 *
 * @throws EnvsealError `CONTEXT_MISMATCH`, naming each pair that differs.
 */
export function checkExpectation(claimed: Context, expected: Context, name: string): void {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(claimed)])].sort()
  const differences = names
    .filter((key) => valueIn(claimed, key) !== valueIn(expected, key))
    .map((key) => describe(key, claimed, expected))
  if (differences.length === 0) return
  throw new EnvsealError("CONTEXT_MISMATCH", `${name} is not for here: ${differences.join("; ")}`, {
    hint:
      Object.keys(claimed).length === 0
        ? `it was sealed without --context; seal it again with --context ${formatContext(expected)}`
        : "deploy the envelope that was sealed for this environment, or correct --expect (ENVSEAL_EXPECT)",
  })
}

/** Own pairs only: `constructor` is a name like any other. */
function valueIn(context: Context, name: string): string | undefined {
  return Object.hasOwn(context, name) ? context[name] : undefined
}

function describe(name: string, claimed: Context, expected: Context): string {
  const [sealed, wanted] = [valueIn(claimed, name), valueIn(expected, name)]
  if (sealed === undefined) return `it has no ${name}, and ${name}=${wanted} is expected`
  if (wanted === undefined) return `it says ${name}=${sealed}, which is not expected`
  return `it says ${name}=${sealed}, and ${name}=${wanted} is expected`
}
