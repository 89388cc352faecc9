import { type Here, momentText } from "../../core/moment.ts"
import { count, printable } from "../../core/text.ts"
import { type Images, shortImage } from "../../core/workload.ts"
import type { CommitDistance } from "../../ports/commits.ts"
import type { BackStep } from "../core/plan.ts"
import type { Release } from "../core/release.ts"

const shownCommit = 7
const shownId = 8

/** The images in short, each once: a digest by its first digits, without `sha256:`. So `rollback --to` takes it. */
export function imageText(images: Images): string {
  const short = new Set(Object.values(images).map((image) => shortImage(image).replace(/^sha256:/, "")))
  return [...short].map((text) => printable(text, 80)).join(", ") || "-"
}

/** A build by the beginning of its own id, without the project's name. */
export function buildText(build: string | undefined): string {
  return shortId(build?.split(":").at(-1) ?? "-")
}

export function commitText(commit: string | undefined): string {
  return printable(
    /^[0-9a-f]{12,}$/.test(commit ?? "") ? (commit ?? "").slice(0, shownCommit) : commit || "-",
  )
}

/** The versions of the secrets by their beginnings, as they were written down: joined by commas. */
export function secretText(versions: string | undefined): string {
  return versions?.split(",").map(shortId).join(",") || "-"
}

/** A UUID by its beginning; anything else as it is. */
function shortId(id: string): string {
  return printable(/^[0-9a-f]{8}-[0-9a-f-]+$/.test(id) ? id.slice(0, shownId) : id)
}

/** What is said of a release that has the code of another image. */
export function codeText(code: string): string {
  return `the code of ${imageText({ code: `@${code}` })}`
}

/** All that is known of a release, in one line. */
export function releaseText(
  { images, build, commit, secretVersion, code, at, by }: Release,
  here: Here,
): string {
  const facts = [
    imageText(images),
    ...(code === undefined ? [] : [codeText(code)]),
    ...(build === undefined ? [] : [`build ${buildText(build)}`]),
    ...(commit === undefined ? [] : [`commit ${commitText(commit)}`]),
    ...(secretVersion === undefined ? [] : [`secret ${secretText(secretVersion)}`]),
    ...(at === undefined
      ? []
      : [`deployed ${momentText(at, here)}${by === undefined ? "" : ` by ${printable(by)}`}`]),
  ]
  return facts.join(", ")
}

/** How far a commit is from another one: `3 commits ahead of 2e2e2e2`. */
export function distanceText({ ahead, behind }: CommitDistance, since: string): string {
  if (behind === 0) return `${count(ahead, "commit")} ahead of ${commitText(since)}`
  if (ahead === 0) return `${count(behind, "commit")} behind ${commitText(since)}`
  return `${count(ahead, "commit")} ahead of ${commitText(since)}, and without ${behind} of its commits`
}

/** From where to where a rollback leads: once for all workloads that go the same way. */
export function wayWords(steps: readonly BackStep[], here: Here): readonly string[] {
  // What one run gave at several times is one release.
  const key = (release: Release) => release.run ?? releaseText(release, here)
  const ways = Map.groupBy(steps, ({ from, to }) => JSON.stringify([key(from), key(to)]))
  return [...ways.values()].flatMap((same) => {
    const [step] = same
    if (step === undefined) return []
    const names = same.map(({ workload }) => printable(workload)).join(", ")
    return [
      `${names} ${same.length === 1 ? "goes" : "go"} back`,
      `  from ${releaseText(step.from, here)}`,
      `  to   ${releaseText(step.to, here)}`,
    ]
  })
}
