import { count, printable } from "../../core/text.ts"
import { type Images, shortImage } from "../../core/workload.ts"
import type { Progress } from "../core/progress.ts"
import { saidText } from "../core/said.ts"
import type { Trouble } from "../core/verdict.ts"

/** `shop:1b2c3d4e` of `shop:1b2c3d4e-…`. */
export function shortBuild(id: string): string {
  return printable(id.replace(/^([^:]+:[0-9a-f]{8})-[0-9a-f-]+$/, "$1"))
}

/** The images in short, each once. */
export function imagesText(images: Images): string {
  return [...new Set(Object.values(images).map((text) => printable(shortImage(text), 80)))].join(", ")
}

/** Which pod, what is wrong with it, and what it said: `pod web-1 (app) CrashLoopBackOff (exit status 5): …`. */
export function troubleText(trouble: Trouble): string {
  const said = saidText(trouble.message)
  return `${troubleName(trouble)}${said === "" ? "" : `: ${said}`}`
}

/** The same without what it said. */
export function troubleName({ pod, container, reason, exitCode, restarts, pods }: Trouble): string {
  const who =
    pod === null ? "" : `pod ${printable(pod)}${container === null ? "" : ` (${printable(container)})`} `
  const facts = [
    ...(exitCode === null ? [] : [`exit status ${exitCode}`]),
    ...(restarts === 0 ? [] : [count(restarts, "restart")]),
    ...(pods > 1 ? [`${pods} pods`] : []),
  ]
  return `${who}${printable(reason)}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`
}

/** A span of time in whole seconds: `5s`, `1m 05s`, `1h 00m 05s`. What is below 0 counts as 0. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const s = whole % 60
  const m = Math.floor(whole / 60) % 60
  const h = Math.floor(whole / 3600)
  const two = (n: number) => String(n).padStart(2, "0")
  if (h > 0) return `${h}h ${two(m)}m ${two(s)}s`
  return m > 0 ? `${m}m ${two(s)}s` : `${s}s`
}

const longest = 2_000

/** Control strings (OSC and the like), control sequences (CSI) and two-character escapes of ECMA-48. */
const escapes = new RegExp(
  [
    "(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?",
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[ -/]*[0-~]",
  ].join("|"),
  "g",
)

/**
 * A line of somebody's log made safe for a terminal: without colours and cursor movements, with the last state alone
 * of a line that overwrites itself, and at most 2000 characters long.
 */
export function logText(text: string): string {
  const plain = text.replace(escapes, "").replaceAll("\t", "    ")
  const last = plain.split(/[\r\n]/).findLast((part) => part !== "") ?? ""
  const safe = printable(last, longest)
  return safe.length > longest + 1 ? `${safe.slice(0, longest).replace(/[\ud800-\udbff]$/, "")}…` : safe
}

/** After this long a reader may wonder what goes on. */
const longMs = 10_000

/** Knows which phase of a build runs, to say so once when it takes long: what ends soon is reported only at its end. */
export class LongPhase {
  #open: { readonly phase: string; readonly sinceMs: number } | null = null

  hear(progress: Progress, nowMs: number): void {
    if (!progress.type.startsWith("build-")) return
    const begins =
      progress.type === "build-phase" && progress.status === null && progress.phase !== "COMPLETED"
    this.#open = begins ? { phase: progress.phase, sinceMs: nowMs } : null
  }

  /** @returns the words for a phase that has become long; `null` when there is nothing to say. */
  words(nowMs: number): string | null {
    if (this.#open === null || nowMs - this.#open.sinceMs < longMs) return null
    const { phase } = this.#open
    this.#open = null
    return `build ${printable(phase)} goes on`
  }
}
