/** What computes without giving way lets signals and the deadline be heard here. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
