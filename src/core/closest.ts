/** Those of the names that are likely meant, the likeliest first. */
export function closest(name: string, names: readonly string[]): string[] {
  const plain = bare(name)
  const begins = (candidate: string) => Number(bare(candidate)[0] === plain[0])
  return names
    .map((candidate) => ({ candidate, distance: distanceTo(plain, bare(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(bare(candidate).length / 3)))
    .sort((one, other) => one.distance - other.distance || begins(other.candidate) - begins(one.candidate))
    .map(({ candidate }) => candidate)
}

/** A short form, such as `prod`, is near its whole. */
function distanceTo(name: string, candidate: string): number {
  return name.length >= 3 && candidate.startsWith(name)
    ? Math.min(1, candidate.length - name.length)
    : editDistance(name, candidate)
}

/** `set_env`, `set-env` and `SetEnv` are meant alike. */
function bare(name: string): string {
  return name.slice(0, 64).toLowerCase().replace(/[_-]/g, "")
}

/** Number of characters to add, remove, replace or swap with their neighbour (optimal string alignment). */
function editDistance(one: string, other: string): number {
  const [from, to] = [[...one], [...other]]
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [i, character] of from.entries()) {
    const next = [i + 1]
    for (const [j, wanted] of to.entries()) {
      const replaced = (row[j] ?? 0) + (character === wanted ? 0 : 1)
      const isSwapped = i > 0 && j > 0 && character === to[j - 1] && from[i - 1] === wanted
      const swapped = isSwapped ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? 0
}
