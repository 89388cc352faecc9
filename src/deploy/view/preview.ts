import { wrap } from "../../cli/wrap.ts"
import type { Here } from "../../core/moment.ts"
import { nameList, printable } from "../../core/text.ts"
import type { ChangedNames } from "../run/changed-names.ts"
import type { PlannedBuild, Preview } from "../run/preview.ts"
import { codeText, commitText, distanceText, imageText, releaseText, secretText } from "./release-words.ts"

const titleWidth = 10
const maxSubject = 100

/** What a deploy would do, for a person: a line for each part of it, as wide as the terminal. */
export function previewLines(preview: Preview, columns: number, here: Here): readonly string[] {
  const { environment, app, cluster, namespace } = preview
  const title = `${printable(environment)}  ${printable(app)} on ${printable(cluster)}, namespace ${printable(namespace)}`
  const indent = " ".repeat(2 + titleWidth)
  return [
    ...wrap(title, { columns, indent: "  " }),
    ...partsOf(preview, here).flatMap(([name, texts]) =>
      texts.flatMap((text, at) =>
        wrap(`  ${(at === 0 ? name : "").padEnd(titleWidth)}${text}`, { columns, indent }),
      ),
    ),
    "nothing was changed",
  ]
}

function partsOf(preview: Preview, here: Here): readonly (readonly [string, readonly string[]])[] {
  const { build, image, hooks, workloads, lock } = preview
  const names = (list: readonly string[]) => list.map((text) => printable(text)).join(", ")
  return [
    ["runs", runsTexts(preview, here)],
    [build?.reseals ? "reseals" : "builds", build === null ? [] : buildTexts(build)],
    ["image", image === null ? [] : [imageText({ image })]],
    ["before", hooks.before.length === 0 ? [] : [`hook ${names(hooks.before)}`]],
    ["changes", [names(workloads)]],
    ["after", hooks.after.length === 0 ? [] : [`hook ${names(hooks.after)}`]],
    ["secret", secretTextsOf(preview)],
    ["lock", [lock === null ? "nobody deploys" : `${printable(lock)} deploys`]],
  ]
}

function runsTexts({ runs, workloads }: Preview, here: Here): readonly string[] {
  if (runs.length === 0) return ["nothing that envseal knows of"]
  return runs.map((release) => {
    const where = release.runsOn.length === workloads.length ? "" : `, on ${release.runsOn.join(", ")}`
    const mark = release.proven === false ? ", not proven" : ""
    return `${releaseText(release, here)}${mark}${printable(where, 1_000)}`
  })
}

function buildTexts(build: PlannedBuild): readonly string[] {
  const { project, reseals, commit, subject, since, ahead, behind } = build
  if (reseals !== null) return resealTexts(reseals, build)
  if (commit === null) return [`${printable(project)}, of what the project itself names`]
  const title = subject === null ? "" : ` ${printable(subject, maxSubject)}`
  return [
    `${printable(project)}, commit ${commitText(commit)}${title}`,
    howFar({ commit, since, ahead, behind }),
  ]
}

function resealTexts(reseals: string, { project, commit }: PlannedBuild): readonly string[] {
  const at = commit === null ? "of what the project itself names" : `commit ${commitText(commit)}`
  return [`${codeText(reseals)}, by ${printable(project)}, ${at}`, "only the sealed file is new"]
}

function howFar({
  commit,
  since,
  ahead,
  behind,
}: Pick<PlannedBuild, "commit" | "since" | "ahead" | "behind">): string {
  if (since === null) return "which commit runs is not known"
  if (since === commit) return "the commit that runs"
  return ahead === null || behind === null
    ? `how far it is from ${commitText(since)}, which runs, is not known here`
    : `${distanceText({ ahead, behind }, since)}; that one runs`
}

/** With several secrets each is compared, where as many are sealed. */
function secretTextsOf(preview: Preview): readonly string[] {
  const { secrets, changed } = preview
  return secrets.flatMap(({ secret }, at) => {
    const names = changed?.find((one) => one.secret === secret)?.names ?? null
    return [versionText(preview, at), ...(names === null ? [] : [namesText(names)])]
  })
}

function versionText({ secrets, sealed, build }: Preview, at: number): string {
  const { versions } = sealed
  const { secret = "", version = null } = secrets[at] ?? {}
  const name = printable(secret)
  const old = versions.length === secrets.length ? versions[at] : undefined
  if (build === null) return `${name}: ${version === null ? "not known" : secretText(version)} is current`
  if (version === null) return `${name}: what would be sealed is not known`
  if (old === undefined) return `${name}: ${secretText(version)} would be sealed; what is sealed is not known`
  if (old === version) return `${name}: ${secretText(version)} is sealed, and would be again`
  return `${name}: ${secretText(version)} would be sealed, ${secretText(old)} is`
}

/** The names that changed, by how they did. */
function namesText(differences: NonNullable<ChangedNames["names"]>): string {
  const parts = (["added", "removed", "changed"] as const).flatMap((change) => {
    const names = differences.filter((one) => one.change === change).map(({ name }) => name)
    return names.length === 0 ? [] : [`${change} ${nameList(names)}`]
  })
  return parts.length === 0 ? "no value differs" : parts.join("; ")
}
