/** The members that are not zero: the API leaves most counters out that are, and readers have to know it. */
export function sparse<T extends Readonly<Record<string, unknown>>>(counters: T): Partial<T> {
  const entries = Object.entries(counters).filter(([, value]) => value !== 0 && value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
