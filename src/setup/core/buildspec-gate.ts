/**
 * Where a buildspec lets only some environments through, as that of `envseal init` does: a pattern of `case` that has
 * an environment and not the new one.
 *
 * @param others the environments that there are.
 * @returns the line's number from one; `null` when there is no such line.
 */
export function gateLineIn(buildspec: string, others: readonly string[], name: string): number | null {
  const at = buildspec.split("\n").findIndex((line) => {
    const [, pattern] = /^\s*([\w. |-]+)\)\s*;;\s*$/.exec(line) ?? []
    const names = pattern?.split("|").map((one) => one.trim()) ?? []
    return others.some((other) => names.includes(other)) && !names.includes(name)
  })
  return at === -1 ? null : at + 1
}

/** The path that the readiness probe of a manifest asks for; `null` when it has none. */
export function healthPathIn(manifest: string): string | null {
  return /readinessProbe:\s+httpGet: \{ path: (\/[^\s,}]*),/.exec(manifest)?.[1] ?? null
}
