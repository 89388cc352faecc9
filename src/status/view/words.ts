import { count, printable } from "../../core/text.ts"
import { isExampleImage } from "../../core/workload.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import { codeText, imageText } from "../../deploy/view/release-words.ts"
import { troubleText } from "../../deploy/view/shorthand.ts"
import type { EnvironmentStatus, LockStatus, WorkloadStatus } from "../core/status.ts"

const maxText = 500

/** The words for a moment, given as RFC 3339. */
export type TellTime = (text: string) => string

/** How far a rollout is: `done 3/3`, or ready, updated and total while it goes on. */
export function rolloutText({ rollout }: Pick<WorkloadStatus, "rollout">): string {
  const { state, counts } = rollout
  const { ready, updated, total } = counts
  switch (state) {
    case "done":
      return total === 0 ? "done, no pods" : `done ${ready}/${total}`
    case "progressing":
      return `rolling ${ready}/${updated}/${total}`
    case "failed":
      return `failed ${ready}/${updated}/${total}`
    case "missing":
      return "missing"
  }
}

/** What there is to say of a workload beside its row. */
export function remarksOn({ images, release, rollout }: WorkloadStatus): readonly string[] {
  const { state, waitsFor, note, troubles } = rollout
  return [
    ...(waitsFor === null ? [] : [`waits for ${printable(waitsFor, maxText)}`]),
    ...(note === null ? [] : [printable(note, maxText)]),
    ...troubles.map(troubleText),
    ...(state === "missing" || release !== null ? [] : [originText(images)]),
  ]
}

function originText(images: WorkloadStatus["images"]): string {
  const list = Object.values(images)
  if (list.length === 0) return "has no container that a deploy would change"
  const short = list.map((image) => image.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1"))
  const what = list.some(isExampleImage) ? ", the image of an example, which no registry has" : ""
  return `not set by envseal: ${short.map((image) => printable(image, maxText)).join(", ")}${what}`
}

/** When each image was deployed, and by whom, and when its configuration was sealed. */
export function releaseTexts({ workloads }: EnvironmentStatus, tell: TellTime): readonly string[] {
  const byImage = new Map<string, readonly string[]>()
  for (const workload of workloads) {
    const image = imageText(workload.images)
    if (workload.release !== null && !byImage.has(image)) byImage.set(image, originsOf(workload, tell))
  }
  return [...byImage].flatMap(([image, texts]) => texts.map((text) => `${image} ${text}`))
}

function originsOf({ release, builtAt }: WorkloadStatus, tell: TellTime): readonly string[] {
  const { at, by, sealedAt, code } = release ?? {}
  const who = by === undefined ? "" : ` by ${printable(by)}`
  return [
    ...(code === undefined ? [] : [`has ${codeText(code)}, with another configuration`]),
    ...(at === undefined ? [] : [`deployed ${tell(at)}${who}`]),
    ...sealingOf(sealedAt, builtAt, tell),
  ]
}

/** Where the build gives no time, it is known that it sealed after it began. */
function sealingOf(sealedAt: string | undefined, builtAt: string | null, tell: TellTime): readonly string[] {
  if (sealedAt !== undefined) return [`sealed ${tell(sealedAt)}`]
  return builtAt === null ? [] : [`sealed by its build of ${tell(builtAt)}`]
}

/** Each secret, and below it what is sealed where that is another version. */
export function secretTexts(status: EnvironmentStatus): readonly string[] {
  return status.secrets.flatMap(({ secret, version }, index) => {
    if (version === null) return []
    const sealed = [...staleWorkloads(status, index, version)].map(([stale, names]) => {
      const where = names.length === status.workloads.length ? "all workloads" : names.join(", ")
      return `stale: ${stale} is sealed in ${where}`
    })
    return [`secret ${printable(secret)} is at ${printable(version)}`, ...sealed]
  })
}

function staleWorkloads(
  { workloads, secrets }: EnvironmentStatus,
  index: number,
  version: string,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>()
  for (const { workload, secret } of workloads) {
    const sealed = secret.versions.length === secrets.length ? secret.versions[index] : undefined
    if (sealed === undefined || sealed === version) continue
    const text = printable(sealed)
    names.set(text, [...(names.get(text) ?? []), printable(workload)])
  }
  return names
}

export function lockText({ holder, since, renewedAt }: LockStatus, tell: TellTime): string {
  const heard = renewedAt === null ? "" : `, last heard of ${tell(renewedAt)}`
  return `${holder} deploys${since === null ? "" : ` since ${tell(since)}`}${heard}`
}

export function mixedText({ workloads }: EnvironmentStatus): string {
  const images = new Set(workloads.flatMap((one) => Object.values(one.images)))
  return `mixed: ${count(images.size, "image")} run side by side`
}

export function failureText({ code, message }: DeployFailure): string {
  return `not known: ${printable(message, maxText)} [${code}]`
}
