import type { Environment } from "../../ports/runtime.ts"
import { hasSharedFiles } from "./shared-files.ts"

/** Variables that make the SDK's rules more than one line. */
const ruling = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]

/** Regions of the partition `aws`, as the SDK tells them. */
const ordinaryRegion = /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d$/

/**
 * The address of a service, where the environment alone tells it, as in a pod: by `AWS_ENDPOINT_URL`, or by the Region.
 * A test holds it to the SDK's own answer.
 *
 * @returns `null` where it takes the SDK to find it, or the way to it: proxies, shared files, other partitions.
 */
export function directAddress(
  service: "kms" | "sts",
  region: string | null,
  environment: Environment,
): URL | null {
  if (hasProxy(environment) || ruling.some((name) => environment[name]) || hasSharedFiles(environment))
    return null
  if (region === null || !ordinaryRegion.test(region)) return null
  const given = environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment["AWS_ENDPOINT_URL"]
  return given ? plainUrl(given) : new URL(`https://${service}.${region}.amazonaws.com/`)
}

function plainUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const { protocol, pathname, search, hash, username, password } = url
  const isPlain = pathname === "/" && `${search}${hash}${username}${password}` === ""
  return isPlain && /^https?:$/.test(protocol) ? url : null
}

/** Whether any proxy is set, for whatever it is. */
export function hasProxy(environment: Environment): boolean {
  return Object.entries(environment).some(([name, value]) => value && /^(?:https?|all)_proxy$/i.test(name))
}
