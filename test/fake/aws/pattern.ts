const compiled = new Map<string, RegExp>()

/** Whether a text matches an IAM pattern: `*` is any run of characters, `?` is one, everything else is itself. */
export function matchesPattern(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")
    expression = new RegExp(`^${source}$`, "su")
    compiled.set(pattern, expression)
  }
  return expression.test(text)
}

/** As IAM compares ARNs: six parts, each matched alone, so that `*` does not reach over a colon into the next. */
export function matchesArn(pattern: string, arn: string): boolean {
  const wanted = splitArn(pattern)
  const given = splitArn(arn)
  if (wanted === null || given === null) return false
  return wanted.every((part, index) => matchesPattern(part, given[index] ?? ""))
}

function splitArn(arn: string): string[] | null {
  const parts = arn.split(":")
  return parts.length < 6 ? null : [...parts.slice(0, 5), parts.slice(5).join(":")]
}
