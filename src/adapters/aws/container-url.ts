import type { Environment } from "../../ports/runtime.ts"

const taskHost = "http://169.254.170.2"
/** Plain HTTP is for addresses that do not leave the machine (AWS SDKs reference, "Container credential provider"). */
const localHosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]

/** Where the environment says that the container's credentials are; `null` when it does not. */
export function containerUrl(environment: Environment): string | null {
  const relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]
  if (relative) return `${taskHost}${relative}`
  return environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] || null
}

/** @returns `null` for a text that is no URL, or one to which a token must not be sent in clear. */
export function parseContainerUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol === "https:") return url
  const local = localHosts.includes(url.hostname) || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)
  return url.protocol === "http:" && local ? url : null
}
