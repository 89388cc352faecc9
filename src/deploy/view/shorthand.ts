import { count, printable } from "../../core/text.ts"
import type { Images } from "../../core/workload.ts"
import { shortImage } from "../core/release.ts"
import type { Trouble } from "../core/verdict.ts"

const maxText = 500

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
  const said = trouble.message.trim()
  return `${troubleName(trouble)}${said === "" ? "" : `: ${printable(said, maxText)}`}`
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
