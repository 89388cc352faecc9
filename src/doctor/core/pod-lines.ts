import { placeText } from "../../config/fault.ts"
import { dataOf, nodeAt } from "../../config/node.ts"
import type { EnvironmentSettings, WorkloadSettings } from "../../config/settings.ts"
import { podSteps, workloadText } from "../../core/workload.ts"
import { type Finding, no, of, ok } from "./finding.ts"
import { type Manifest, workloadTextOf } from "./manifest.ts"
import { placeIn } from "./manifest-place.ts"
import { type Overlay, takes } from "./overlay.ts"
import type { SignalSource } from "./recipe/signals.ts"
import { command, edit, type Remedy } from "./remedy.ts"

/** What of the repository says whether a line of a pod is right. */
export interface PodLineFacts {
  /** Whether php-fpm answers its own pod alone, or is to, so that no probe from outside of it works. */
  readonly isFpmClosed: boolean
  /** Whether the image's PHP takes signals. */
  readonly signals: SignalSource
}

/** A line that older templates had, or lacked. */
interface Fault {
  /** Whether something does not work; or it could be better. */
  readonly isWrong: boolean
  readonly text: string
  readonly remedy: Remedy
}

/**
 * Lines of pods that are known to be bad, such as those of the manifests that version 0.1.0 wrote.
 *
 * @returns one finding for each workload that the repository has one manifest of.
 */
export function judgePodLines(
  settings: EnvironmentSettings,
  manifests: readonly Manifest[],
  overlays: readonly Overlay[],
  facts: PodLineFacts,
): readonly Finding[] {
  return settings.workloads.flatMap((wanted) => {
    const text = workloadText(wanted)
    const here = manifests.filter(
      ({ namespace }) => namespace === null || namespace === settings.cluster?.namespace,
    )
    const [manifest, ...others] = here.filter((one) => workloadTextOf(one) === text)
    if (manifest === undefined || others.length > 0) return []
    if (overlays.some((one) => takes(one, manifest.path))) return []
    const faults = faultsOf(wanted, manifest, here, facts)
    const subject = of("manifest.pod", text)
    const wrong = faults.filter(({ isWrong }) => isWrong)
    const told = wrong.length > 0 ? wrong : faults
    const words = told.map((fault) => fault.text).join("; ")
    const remedies = [...new Map(told.map(({ remedy }) => [JSON.stringify(remedy), remedy])).values()]
    if (wrong.length > 0) return [no(subject, words, ...remedies)]
    return [ok(subject, words === "" ? "no line of it is known to be bad" : words, ...remedies)]
  })
}

function faultsOf(
  wanted: WorkloadSettings,
  manifest: Manifest,
  others: readonly Manifest[],
  facts: PodLineFacts,
): readonly Fault[] {
  const pod = podSteps(wanted.kind)
  const containers = containersIn(manifest, pod)
  return [
    ...containers.flatMap((one) => (facts.isFpmClosed ? probeFaults(manifest, one) : [])),
    ...containers.flatMap((one) => signalFaults(one, facts.signals)),
    ...fileFaults(manifest, pod, others),
    ...(wanted.kind === "CronJob" ? [] : containers.flatMap((one) => readyFaults(manifest, one))),
    ...linkFaults(manifest, pod),
  ]
}

interface Container {
  readonly path: readonly string[]
  readonly data: Readonly<Record<string, unknown>>
}

function containersIn({ root }: Manifest, pod: readonly string[]): readonly Container[] {
  const path = [...pod, "containers"]
  const list = nodeAt(root, path)
  if (list?.kind !== "list") return []
  return list.items.map((item, at) => ({
    path: [...path, String(at)],
    data: record(dataOf(item, () => false)),
  }))
}

const fpmPort = 9000
const fpmProbe = {
  exec: { command: ["php", "-n", "-r", `exit((int) !@fsockopen('127.0.0.1', ${fpmPort}));`] },
}

/** The node's kubelet asks, and php-fpm is for its own pod alone. */
function probeFaults(manifest: Manifest, { path, data }: Container): readonly Fault[] {
  const ports = list(data["ports"]).filter(({ containerPort }) => containerPort === fpmPort)
  return ["startupProbe", "livenessProbe", "readinessProbe"].flatMap((name) => {
    const { tcpSocket, ...rest } = record(data[name])
    const { port } = record(tcpSocket)
    if (port !== fpmPort && !ports.some((one) => one["name"] !== undefined && one["name"] === port)) return []
    const value = { ...fpmProbe, timeoutSeconds: 5, ...rest }
    return [
      {
        isWrong: true,
        text: `${name} asks php-fpm from outside of its pod, where nobody may reach it`,
        remedy: editAt(manifest, [...path, name], value),
      },
    ]
  })
}

/** What of artisan goes on until a signal ends it, and loses work when none does. */
const working = /^(?:queue:(?:work|listen)|horizon|reverb:start)$/

function signalFaults({ data }: Container, signals: SignalSource): readonly Fault[] {
  const work = words(data["args"]).find((word) => working.test(word))
  if (work === undefined || signals.type !== "missing") return []
  const text = `${work} never hears that it is to end, because the image's PHP has no pcntl: what it does is cut off`
  return [{ isWrong: true, text, remedy: signals.remedy }]
}

/** A CDN could have the files: nobody but the person knows. */
function fileFaults(
  { root }: Manifest,
  pod: readonly string[],
  others: readonly Manifest[],
): readonly Fault[] {
  const volumes = nodeAt(root, [...pod, "volumes"])
  const names = list(volumes === null ? null : dataOf(volumes, () => false)).map(
    ({ configMap }) => record(configMap)["name"],
  )
  const maps = others.filter(({ kind, name }) => kind === "ConfigMap" && names.includes(name))
  const texts = maps.flatMap((map) => {
    const data = nodeAt(map.root, ["data"])
    return data === null ? [] : Object.values(record(dataOf(data, () => false)))
  })
  const sends = texts.some(
    (text) =>
      typeof text === "string" && /\bfastcgi_pass\b/.test(text) && !/\b(?:root|try_files)\b/.test(text),
  )
  if (!sends) return []
  const text = "nginx hands every request to php-fpm: a file of public/ is a 404, unless a CDN has it"
  return [{ isWrong: false, text, remedy: command("envseal", "init", "--update") }]
}

const startedProbe = {
  exec: { command: ["grep", "-qx", "php", "/proc/1/comm"] },
  periodSeconds: 1,
  failureThreshold: 60,
}

function readyFaults(manifest: Manifest, { path, data }: Container): readonly Fault[] {
  const isAsked = ["startupProbe", "readinessProbe"].some((name) => data[name] !== undefined)
  if (isAsked || words(data["args"])[0] !== "php") return []
  const text = "no probe tells when it works: its pod counts as ready before anything is opened"
  return [{ isWrong: false, text, remedy: editAt(manifest, [...path, "startupProbe"], startedProbe) }]
}

function linkFaults(manifest: Manifest, pod: readonly string[]): readonly Fault[] {
  const path = [...pod, "enableServiceLinks"]
  const node = nodeAt(manifest.root, path)
  if (nodeAt(manifest.root, pod) === null || (node?.kind === "scalar" && node.value === false)) return []
  const text =
    "a Service called redis would set REDIS_PORT for its pods, and envseal open then refuses to start"
  return [{ isWrong: false, text, remedy: editAt(manifest, path, false) }]
}

function editAt(manifest: Manifest, path: readonly string[], value: unknown): Remedy {
  return edit(placeText(manifest.path, placeIn(manifest, path)), path.join("."), value)
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {}
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(record) : []
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
