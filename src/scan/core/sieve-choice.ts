import type { MarkKind } from "./mark-kind.ts"
import type { Sieve } from "./sieve.ts"
import { TableSieve } from "./table-sieve.ts"
import type { Triples } from "./triple.ts"
import { VectorSieve, vectorModule } from "./vector-sieve.ts"

/**
 * The fastest sieve that there is here. All hold back the same marks, and each word that is looked for.
 *
 * @param looked words of four bytes, the first byte lowest.
 * @param kinds eight or fewer.
 * @param triples of all that a mark may stand in.
 */
export function sieveFor(looked: ReadonlySet<number>, kinds: readonly MarkKind[], triples: Triples): Sieve {
  const module = vectorModule()
  return module === null
    ? new TableSieve(looked, kinds, triples)
    : new VectorSieve(module, looked, kinds, triples)
}
