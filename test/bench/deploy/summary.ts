import { median } from "../measure.ts"
import type { Result } from "./run.ts"
import type { Case, Contender } from "./trial.ts"

/** What of a result is compared. */
interface Row {
  readonly text: string
  readonly cases: readonly Case["name"][]
  readonly value: (result: Result) => number | null
  readonly digits: number
}

/** A rollout from its patch on. */
interface Rollout {
  readonly text: string
  readonly name: Case["name"]
}

const rollouts: readonly Rollout[] = [
  { text: "good, 3 pods", name: "good" },
  { text: "good, 31 pods", name: "large" },
  { text: "crash loop", name: "crash" },
  { text: "image cannot be pulled", name: "pull" },
]

const seconds = (milliseconds: number | null) => (milliseconds === null ? null : milliseconds / 1000)
const ready = ({ course }: Result) => seconds(course.readyMs)
const verdict = ({ course }: Result) => seconds(course.verdictMs)
const back = ({ course }: Result) => seconds(course.backMs)

const rows: readonly Row[] = [
  {
    text: "build complete to patched, s",
    cases: ["good", "large", "crash", "pull"],
    value: ({ course }) => seconds(course.patchMs),
    digits: 1,
  },
  {
    text: "patched to the old image everywhere, doomed, s",
    cases: ["crash", "pull"],
    value: back,
    digits: 1,
  },
  {
    text: "requests to the API server, good, 3 pods",
    cases: ["good"],
    value: ({ requests }) => requests.cluster,
    digits: 0,
  },
  {
    text: "requests to the API server, good, 31 pods",
    cases: ["large"],
    value: ({ requests }) => requests.cluster,
    digits: 0,
  },
  {
    text: "requests to AWS",
    cases: ["good", "large", "crash", "pull"],
    value: ({ requests }) => requests.aws,
    digits: 0,
  },
]

/** The medians of both contenders side by side, with the least and the most, as two Markdown tables. */
export function summary(results: readonly Result[]): string {
  return `${rolloutTable(results)}\n\n${comparison(results)}`
}

function rolloutTable(results: readonly Result[]): string {
  const sides = (["script", "envseal"] as const).flatMap((contender) =>
    [ready, verdict].map((value) => ({ contender, value })),
  )
  const lines = [
    [
      ...["from patched on, s", "runs", "script: all ready", "script: verdict"],
      ...["**envseal**: all ready", "**envseal**: verdict"],
    ],
    ["---", "---:", "---:", "---:", "---:", "---:"],
    ...rollouts.map(({ text, name }) => {
      const row = { text, cases: [name], digits: 1 }
      const cells = sides.map(({ contender, value }) =>
        spread(valuesOf({ ...row, value }, results, contender), row.digits),
      )
      const runs = valuesOf({ ...row, value: verdict }, results, "envseal").length
      return [text, String(runs), ...cells]
    }),
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function comparison(results: readonly Result[]): string {
  const lines = [
    ["from the servers' records", "runs", "script", "**envseal deploy**", "script to envseal"],
    ["---", "---:", "---:", "---:", "---:"],
    ...rows.map((row) => cellsOf(row, results)),
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

function cellsOf(row: Row, results: readonly Result[]): readonly string[] {
  const script = valuesOf(row, results, "script")
  const envseal = valuesOf(row, results, "envseal")
  const both = script.length > 0 && envseal.length > 0
  return [
    row.text,
    String(envseal.length),
    spread(script, row.digits),
    spread(envseal, row.digits),
    both ? (median(script) / median(envseal)).toFixed(1) : "",
  ]
}

function valuesOf(
  { cases, value }: Row,
  results: readonly Result[],
  contender: Contender,
): readonly number[] {
  return results
    .filter(({ trial }) => trial.contender === contender && cases.includes(trial.case.name))
    .map(value)
    .filter((one) => one !== null)
}

function spread(values: readonly number[], digits: number): string {
  if (values.length === 0) return "never"
  const [least, most] = [Math.min(...values), Math.max(...values)].map((one) => one.toFixed(digits))
  return `${median(values).toFixed(digits)} (${least} to ${most})`
}

/** What a deploy may take. */
const mostPatchSeconds = 5
/** More pods may cost a longer rollout, with a renewal of the lock each ten seconds, and nothing for each pod. */
const mostExtraRequests = 10

/** What envseal has overstepped of its budget, one sentence each. */
export function overBudget(results: readonly Result[]): readonly string[] {
  const own = results.filter(({ trial }) => trial.contender === "envseal")
  const patch = median(own.map(({ course }) => course.patchMs)) / 1000
  const requests = (name: Case["name"]) =>
    median(own.filter(({ trial }) => trial.case.name === name).map((one) => one.requests.cluster))
  const extra = requests("large") - requests("good")
  return [
    ...(patch <= mostPatchSeconds ? [] : [`from the end of the build to the patch it takes ${patch} s`]),
    ...(extra <= mostExtraRequests ? [] : [`28 more pods cost ${extra} more requests`]),
  ]
}
