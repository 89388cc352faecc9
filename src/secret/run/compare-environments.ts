import { inOrder } from "../../core/in-order.ts"
import { type Difference, diffEntries } from "../../dotenv/diff.ts"
import { readCurrent, type Values, valuesOf, warnOfRefused } from "./held-version.ts"
import type { EditorPorts } from "./ports.ts"
import type { ChosenSecret } from "./target.ts"

interface Side {
  readonly target: ChosenSecret
  readonly ports: EditorPorts
}

/** The names that it takes to get from one environment's secret to the other's. */
export async function differencesBetween(before: Side, after: Side): Promise<Difference[]> {
  const [one, other] = await inOrder([before, after].map(valuesAt))
  return diffEntries(one ?? new Map(), other ?? new Map())
}

async function valuesAt({ target, ports }: Side): Promise<Values> {
  const current = await readCurrent(target.id, ports)
  warnOfRefused(target.id, current, ports)
  return current === null ? new Map() : valuesOf(current)
}
