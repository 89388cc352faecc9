import { count, printable } from "../../core/text.ts"
import { commitText, imageText } from "../../deploy/view/release-words.ts"
import type { DeployedApp } from "../core/deployed-app.ts"
import type { ClusterStatus } from "../run/cluster-apps.ts"
import { emptyText, stateOf, whereText } from "./cluster-table.ts"
import { News } from "./news.ts"
import { failureText } from "./words.ts"

const asked = "all could be asked"

/** Remembers what was said of a cluster, and says what is new: a line for each environment that changed. */
export class ClusterReporter {
  readonly #news = new News((text) => text.endsWith(asked))
  /** What each environment is called, by its place. Those that are gone stay. */
  readonly #names = new Map<string, string>()

  newsOf(status: ClusterStatus): readonly string[] {
    const facts = new Map(status.apps.map((app) => [placeOf(app), factsText(app)]))
    for (const app of status.apps) this.#names.set(placeOf(app), nameText(app))
    const told = [...this.#names].map(
      ([place, name]) => [place, `${name}: ${facts.get(place) ?? "gone"}`] as const,
    )
    return this.#news.of(new Map([...told, ...wholeOf(status)]))
  }
}

/** Statements on the cluster as a whole. What nothing is seen of is told by its failure alone. */
function wholeOf(status: ClusterStatus): readonly (readonly [string, string])[] {
  const { apps, failures } = status
  const where = whereText(status)
  if (apps.length === 0 && failures.length === 0) return [["apps", `${where}: ${emptyText}`]]
  const asking = failures.length === 0 ? asked : failures.map(failureText).join("; ")
  return [["failures", `${where}: ${asking}`]]
}

function placeOf({ namespace, app, environment }: DeployedApp): string {
  return JSON.stringify([namespace, app, environment])
}

function nameText({ namespace, app, environment }: DeployedApp): string {
  return `${printable(app ?? "-")} ${printable(environment ?? "-")} in ${printable(namespace)}`
}

function factsText(app: DeployedApp): string {
  const { runs, secret, workloads } = app
  const [release, ...others] = runs
  const isOne = release !== undefined && others.length === 0
  return [
    stateOf(app).text,
    ...(isOne ? [`image ${imageText(release.images)}`] : [`${count(runs.length, "release")}`]),
    ...(isOne && release.commit !== undefined ? [`commit ${commitText(release.commit)}`] : []),
    ...(secret.state === "unknown" ? [] : [`secret ${secret.state}`]),
    count(workloads.length, "workload"),
  ].join("; ")
}
