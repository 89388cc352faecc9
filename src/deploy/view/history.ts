import cliTruncate from "cli-truncate"
import { dim, green, type Paint, yellow } from "../../cli/colour.ts"
import { type Cell, tableLines } from "../../cli/table.ts"
import { wrap } from "../../cli/wrap.ts"
import { agoText, clockText, type Here } from "../../core/moment.ts"
import { printable } from "../../core/text.ts"
import type { HistoryEntry } from "../core/history.ts"
import type { History } from "../run/history.ts"
import { buildText, codeText, commitText, imageText, secretText } from "./release-words.ts"

export interface HistoryLayout {
  /** Width of the terminal; infinite for a file or a pipe. */
  readonly columns: number
  readonly paint: Paint
  readonly here: Here
}

const heads = ["  RELEASE", "BUILD", "COMMIT", "SECRET", "DEPLOYED", "STATE"] as const
/** No cell is wider than this on any terminal. */
const widest = [16, 8, 8, 8, 20, 10] as const
const remarkIndent = "      "

/** A row for each release, newest first, with a star where it runs, and under it who deployed it. */
export function historyLines(history: History, { columns, paint, here }: HistoryLayout): readonly string[] {
  const { environment, app, cluster, namespace, releases } = history
  const title = `${printable(environment)}  ${printable(app)} on ${printable(cluster)}, namespace ${printable(namespace)}`
  const all = new Set(releases.flatMap(({ workloads }) => workloads)).size
  const rows = [heads.map(plain), ...releases.map((release) => cellsOf(release, here))]
  const [head = "", ...lines] = tableLines(rows, { indent: "  ", columns, widest, paint })
  const shown = (line: string) => (Number.isFinite(columns) ? cliTruncate(line, columns) : line)
  return [
    ...wrap(title, { columns, indent: "  " }),
    ...(releases.length === 0 ? ["  no release is known: nothing was deployed by envseal"] : []),
    ...(releases.length === 0 ? [] : [paint(dim, shown(head))]),
    ...releases.flatMap((release, at) => [
      shown(lines[at] ?? ""),
      ...remarksOf(release, all, here)
        .flatMap((text) =>
          wrap(`${remarkIndent}${text}`, { columns, indent: remarkIndent, breakWords: true }),
        )
        .map((line) => paint(dim, line)),
    ]),
  ]
}

function plain(text: string): Cell {
  return { text, colour: null }
}

function cellsOf(
  { images, build, commit, secretVersion, at, proven, runsOn }: HistoryEntry,
  here: Here,
): readonly Cell[] {
  const states: readonly [boolean | undefined, Cell][] = [
    [true, { text: "proven", colour: green }],
    [false, { text: "not proven", colour: yellow }],
  ]
  return [
    plain(`${runsOn.length > 0 ? "*" : " "} ${imageText(images)}`),
    plain(buildText(build)),
    plain(commitText(commit)),
    plain(secretText(secretVersion)),
    plain(at === undefined ? "-" : clockText(at, here)),
    states.find(([mark]) => mark === proven)?.[1] ?? plain("-"),
  ]
}

/** @param all how many workloads the environment has. */
function remarksOf(
  { run, at, by, code, workloads, runsOn }: HistoryEntry,
  all: number,
  here: Here,
): readonly string[] {
  const names = (list: readonly string[]) => list.map((text) => printable(text)).join(", ")
  const origin = [at === undefined ? "" : agoText(at, here), by === undefined ? "" : `by ${printable(by)}`]
    .filter((text) => text !== "")
    .join(" ")
  const isOthers = run === undefined && at === undefined && by === undefined
  return [
    ...(origin === "" ? [] : [origin]),
    ...(code === undefined ? [] : [`${codeText(code)}, with another configuration`]),
    ...(isOthers ? ["not set by envseal"] : []),
    ...(workloads.length < all ? [`known of ${names(workloads)}`] : []),
    ...(runsOn.length > 0 && runsOn.length < all ? [`runs on ${names(runsOn)}`] : []),
  ]
}
