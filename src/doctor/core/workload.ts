import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import { podTemplateOf, type Workload } from "../../core/kubernetes.ts"
import { shellWord } from "../../core/shell.ts"
import { nameList } from "../../core/text.ts"
import { workloadText } from "../../core/workload.ts"
import { allContainers } from "../../deploy/core/pods.ts"
import { obstacles } from "../../deploy/run/check.ts"
import { containersOf, neverOpening, severalImages } from "../../deploy/run/containers.ts"
import { after, type Fact, unknown } from "./fact.ts"
import { type Finding, type LinkSubject, no, of, ok } from "./finding.ts"
import { advice, commandLine, kubectl, kubectlPlace, type Remedy, setTo, settingPlace } from "./remedy.ts"
import { judgeVariables } from "./template-variables.ts"
import { judgeLiveImage } from "./workload-image.ts"

/** Where the repository has the manifests of workloads: paths by `deployment/web`. */
export type ManifestPaths = Readonly<Record<string, string>>

export function workloadSubjects(wanted: WorkloadSettings): readonly LinkSubject[] {
  const about = workloadText(wanted)
  const links = [
    "workload",
    "workload.containers",
    "workload.image",
    "workload.rollout",
    "workload.expect",
    "workload.pin",
  ] as const
  return links.map((link) => of(link, about))
}

/** Whether a workload is there, takes a new image, and pins what its pods may open. */
export function judgeWorkload(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Fact<Workload | null>,
  pins: readonly string[],
  manifests: ManifestPaths,
): readonly Finding[] {
  const [subject = of("workload"), ...parts] = workloadSubjects(wanted)
  if (!workload.known) {
    return [subject, ...parts].map((one) => unknown(one, workload, `get of ${workloadText(wanted)}`))
  }
  const found = workload.value
  const namespace = settings.cluster?.namespace ?? ""
  const exists =
    found === null
      ? no(subject, `does not exist in the namespace ${namespace}`, makeWorkload(settings, wanted, manifests))
      : ok(subject, `is in ${namespace}`)
  return [
    exists,
    ...after(exists, parts, () => (found === null ? [] : judgeParts(settings, wanted, found, pins))),
  ]
}

function makeWorkload(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  manifests: ManifestPaths,
): Remedy {
  const path = manifests[workloadText(wanted)]
  if (path !== undefined) {
    const print = ["envseal", "manifests", settings.name, "--file", path].map(shellWord).join(" ")
    const apply = ["kubectl", "apply", ...kubectlPlace(settings), "--filename", "-"].map(shellWord).join(" ")
    return commandLine(`${print} | ${apply}`)
  }
  const at = settings.workloads.indexOf(wanted)
  return advice(`make it, or name another one at ${settingPlace(settings, `workloads.${at}`)}`)
}

function judgeParts(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Workload,
  pins: readonly string[],
): readonly Finding[] {
  const about = workloadText(wanted)
  const containers = judgeContainers(settings, wanted, workload)
  const variables = [of("workload.expect", about), of("workload.pin", about)] as const
  const targets = targetsOf(settings, wanted, workload)
  return [
    containers,
    ...after(containers, [of("workload.image", about)], () => [
      judgeLiveImage(settings, wanted, workload, targets),
    ]),
    judgeRollout(settings, workload, about),
    ...after(containers, variables, () => judgeVariables(settings, variables, workload, targets, pins)),
  ]
}

function targetsOf(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Workload,
): readonly string[] {
  return containersOf(wanted, workload, settings.image?.repository ?? null)
}

function judgeContainers(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Workload,
): Finding {
  const subject = of("workload.containers", workloadText(wanted))
  const targets = targetsOf(settings, wanted, workload)
  const there = allContainers(podTemplateOf(workload))
  const missing = targets.filter((name) => !there.some((container) => container.name === name))
  const has = `it has ${nameList(there.map(({ name }) => name))}`
  if (targets.length === 0) {
    const text = `none has an image of ${settings.image?.repository ?? "the repository"}; ${has}`
    return no(subject, text, nameContainers(settings, wanted, there[0]?.name ?? "app"))
  }
  const repository = settings.image?.repository ?? null
  const [several] = severalImages(wanted, workload, repository)
  if (several !== undefined) {
    return no(subject, several.reason, nameContainers(settings, wanted, targets[0] ?? "app"))
  }
  const [never] = missing.length === 0 ? neverOpening(wanted, workload, targets) : []
  if (never !== undefined) {
    const at = settingPlace(settings, `workloads.${settings.workloads.indexOf(wanted)}`)
    return no(
      subject,
      never.reason,
      advice(`write it as args, or list the container under withoutOpen at ${at}`),
    )
  }
  if (missing.length === 0) return ok(subject, targets.join(", "))
  return no(
    subject,
    `there is no ${missing.join(", ")}; ${has}`,
    ...renamed(settings, wanted, workload, missing),
  )
}

/** A workload that is named alone becomes one whose containers are named too. */
function nameContainers(settings: EnvironmentSettings, wanted: WorkloadSettings, name: string): Remedy {
  const at = settings.workloads.indexOf(wanted)
  return setTo(settings, `workloads.${at}`, { [wanted.kind.toLowerCase()]: wanted.name, containers: [name] })
}

/** A container that is missing under its name is likely the one of the app's image that nobody names. */
function renamed(
  settings: EnvironmentSettings,
  wanted: WorkloadSettings,
  workload: Workload,
  missing: readonly string[],
): readonly Remedy[] {
  const named = [...(wanted.containers ?? []), ...(wanted.initContainers ?? [])]
  const ofImage = targetsOf(settings, { ...wanted, containers: null, initContainers: null }, workload)
  const free = ofImage.filter((name) => !named.includes(name))
  const at = settings.workloads.indexOf(wanted)
  return missing.map((name, i) => {
    const list = wanted.containers?.includes(name) ? "containers" : "initContainers"
    const path = `workloads.${at}.${list}.${(wanted[list] ?? []).indexOf(name)}`
    const instead = free[i]
    return instead === undefined
      ? advice(`name a container that is there at ${settingPlace(settings, path)}`)
      : setTo(settings, path, instead)
  })
}

function judgeRollout(settings: EnvironmentSettings, workload: Workload, about: string): Finding {
  const subject = of("workload.rollout", about)
  const [obstacle] = obstacles(workload)
  if (obstacle === undefined) return ok(subject, "nothing holds it up")
  const [code, reason] = obstacle
  if (code === "WORKLOAD_PAUSED") {
    return no(subject, "is paused", kubectl(settings, "rollout", "resume", about))
  }
  return no(
    subject,
    reason,
    kubectl(settings, "patch", about, "--type", "merge", "--patch", replacing(workload)),
  )
}

/** Lets a workload replace its pods by itself. */
function replacing(workload: Workload): string {
  const isPartition = workload.kind === "StatefulSet" && workload.spec.updateStrategy?.type !== "OnDelete"
  const updateStrategy = isPartition ? { rollingUpdate: { partition: 0 } } : { type: "RollingUpdate" }
  return JSON.stringify({ spec: { updateStrategy } })
}
