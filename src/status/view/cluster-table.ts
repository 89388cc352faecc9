import cliTruncate from "cli-truncate"
import { dim, green, type Paint, red, yellow } from "../../cli/colour.ts"
import { type Cell, tableLines } from "../../cli/table.ts"
import { count, printable } from "../../core/text.ts"
import { commitText, imageText } from "../../deploy/view/release-words.ts"
import type { DeployedApp } from "../core/deployed-app.ts"
import type { ClusterStatus } from "../run/cluster-apps.ts"
import { failureText } from "./words.ts"

export interface ClusterLayout {
  /** Of the terminal; infinite for a file or a pipe. */
  readonly columns: number
  readonly paint: Paint
}

const heads = ["APP", "ENVIRONMENT", "NAMESPACE", "RELEASE", "COMMIT", "SECRET", "AGE", "STATE"] as const
const widest = [Number.POSITIVE_INFINITY, 11, 9, 12, 7, 7, 4, 10] as const

/** What is said where no app is seen. */
export const emptyText = "envseal deployed nothing that can be seen"

/** Which cluster, and which part of it. */
export function whereText({ cluster, namespace }: Pick<ClusterStatus, "cluster" | "namespace">): string {
  return `${printable(cluster)}${namespace === null ? "" : `, namespace ${printable(namespace)}`}`
}

/** One row for each environment of an app. */
export function clusterLines(status: ClusterStatus, { columns, paint }: ClusterLayout): readonly string[] {
  const { apps, at } = status
  const where = whereText(status)
  const cut = (line: string) => (Number.isFinite(columns) ? cliTruncate(line, columns) : line)
  const { unseen, failures } = notesOn(status)
  const [failure = emptyText] = failures
  if (apps.length === 0) return [`${where}: ${failure}`, ...unseen].map(cut)
  const rows = [heads.map(plain), ...apps.map((app) => cellsOf(app, Date.parse(at)))]
  const [head = "", ...lines] = tableLines(rows, { indent: "", columns, widest, paint })
  const workloads = apps.reduce((sum, app) => sum + app.workloads.length, 0)
  return [
    paint(dim, cut(head)),
    ...lines.map(cut),
    paint(dim, cut(`${where}: ${count(apps.length, "environment")}, ${count(workloads, "workload")}`)),
    ...[...unseen, ...failures].map(cut),
  ]
}

/** What may not be listed has its own lines. */
function notesOn({ unseen, failures }: ClusterStatus) {
  const others = failures.filter(({ code }) => code !== "ACCESS_DENIED")
  return { unseen: unseen.map((kind) => `you may not list ${kind}s`), failures: others.map(failureText) }
}

function plain(text: string): Cell {
  return { text, colour: null }
}

function cellsOf(app: DeployedApp, nowMs: number): readonly Cell[] {
  const [release, ...others] = app.runs
  const isOne = others.length === 0
  const { state } = app.secret
  return [
    plain(printable(app.app ?? "-")),
    plain(printable(app.environment ?? "-")),
    plain(printable(app.namespace)),
    plain(isOne && release !== undefined ? imageText(release.images) : "-"),
    plain(isOne ? commitText(release?.commit) : "-"),
    { text: state === "unknown" ? "-" : state, colour: state === "stale" ? yellow : null },
    plain(ageText(release?.at, nowMs)),
    stateOf(app),
  ]
}

/** How well it stands, in a word or two. */
export function stateOf({ runs }: Pick<DeployedApp, "runs">): Cell {
  const [release, ...others] = runs
  if (release === undefined) return { text: "unknown", colour: yellow }
  if (others.length > 0) return { text: "mixed", colour: red }
  if (release.at === undefined) return { text: "by others", colour: red }
  if (release.proven === false) return { text: "not proven", colour: yellow }
  return release.proven === true ? { text: "proven", colour: green } : plain("-")
}

/** Since a deploy, in its largest unit: `5m`, `3h`, `12d`. */
function ageText(at: string | undefined, nowMs: number): string {
  const minutes = Math.floor((nowMs - Date.parse(at ?? "")) / 60_000)
  if (Number.isNaN(minutes)) return "-"
  if (minutes < 60) return `${Math.max(0, minutes)}m`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`
}
