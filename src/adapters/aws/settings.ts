import type { Activity } from "../../ports/activity.ts"
import type { Environment } from "../../ports/environment.ts"
import type { Talk } from "../../ports/talk.ts"

/** What every call to AWS works by. */
export interface AwsSettings {
  readonly environment: Environment
  /** Whether the role of the machine below may be used: on EKS the node's role, which every pod on it shares. */
  readonly allowInstanceRole: boolean
  readonly talk: Talk
  readonly activity: Activity
  /** How long attempts may still be repeated, in milliseconds. */
  remainingMs(): number
}
