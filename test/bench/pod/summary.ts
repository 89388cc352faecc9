import { median } from "../measure.ts"

/** One start with envseal and one without, right after each other, in milliseconds. */
export interface Pair {
  readonly envseal: number
  readonly secret: number
}

/** What envseal adds to a start: the median of the pairs' own differences. */
export interface Added {
  readonly milliseconds: number
  /** Of the median start without it. */
  readonly percent: number
}

export function addedBy(pairs: readonly Pair[]): Added {
  const milliseconds = median(pairs.map(({ envseal, secret }) => envseal - secret))
  return { milliseconds, percent: (100 * milliseconds) / median(pairs.map(({ secret }) => secret)) }
}

/** The pairs as a Markdown table, with the least and the most of each. */
export function podTable(pairs: readonly Pair[]): string {
  const { milliseconds, percent } = addedBy(pairs)
  const row = (name: string, times: readonly number[]) =>
    `| ${name} | ${whole(median(times))} | ${whole(Math.min(...times))} to ${whole(Math.max(...times))} |`
  return [
    "| container start to Laravel's first answer | median, ms | least to most |",
    "| --- | ---: | ---: |",
    row(
      "without envseal: `.env` is a file of a Kubernetes Secret",
      pairs.map(({ secret }) => secret),
    ),
    row(
      "with **envseal open** and KMS",
      pairs.map(({ envseal }) => envseal),
    ),
    `| **what envseal adds**, median of the pairs | ${whole(milliseconds)} | ${percent.toFixed(1)} % |`,
  ].join("\n")
}

function whole(milliseconds: number): string {
  return milliseconds.toFixed(0)
}
