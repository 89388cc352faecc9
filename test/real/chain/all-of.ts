/**
 * Waits for all of them, also when one fails: what the others have started by then is known, and can be stopped.
 *
 * @throws what the first of them that failed threw.
 */
export async function allOf<T extends readonly unknown[]>(
  all: readonly [...{ [At in keyof T]: Promise<T[At]> }],
): Promise<T> {
  await Promise.allSettled(all)
  return (await Promise.all(all)) as unknown as T
}
