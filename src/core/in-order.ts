/** Nothing more is done about it here: it is told where its turn comes, or never, when one before it has failed. */
function ignore(): void {}

/**
 * What several works come to, which are on their way together. When some of them fail, it is the failure of the first in
 * the list, so that what a person is told does not depend on which was faster. Only the works before it are waited for.
 *
 * @throws what the first one that fails throws.
 */
export async function inOrder<T extends readonly unknown[]>(
  works: {
    readonly [At in keyof T]: Promise<T[At]>
  },
): Promise<T> {
  for (const work of works) work.catch(ignore)
  const results: unknown[] = []
  for (const work of works) results.push(await work)
  return results as unknown as T
}
