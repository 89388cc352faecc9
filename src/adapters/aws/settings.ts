import { regionOf } from "../../core/region.ts"
import type { Activity, Log } from "../../ports/log.ts"
import type { Environment } from "../../ports/runtime.ts"
import type { AwsClock } from "./clock.ts"

/** What every call to AWS works by. */
export interface AwsSettings {
  readonly environment: Environment
  /** The profile whose credentials and settings count where the environment gives no credentials; `null` for none. */
  readonly profile: string | null
  /** The profile that goes before all other credentials; `null` for none. */
  readonly givenProfile?: string | null
  /** The Region to ask in, whatever the environment has; `null` for that of the environment or the profile. */
  readonly region: string | null
  /** Whether the role of the machine below may be used: on EKS the node's role, which every pod on it shares. */
  readonly allowInstanceRole: boolean
  readonly log: Log
  readonly activity: Activity
  /** Notes the time of each answer, for who asks how far the clocks are apart. */
  readonly clock?: AwsClock
  /** How long attempts may still be repeated, in milliseconds. */
  remainingMs(): number
}

/** The Region to ask in; `null` to leave it to the profile. */
export function configuredRegion({ region, environment }: AwsSettings): string | null {
  return region ?? regionOf(environment)
}
