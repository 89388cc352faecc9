import { defaultPace, type Pace } from "./pace.ts"
import { checkPlay, type Plays } from "./play.ts"
import type { Quotas } from "./pod-factory.ts"
import { adminRules, type PolicyRule } from "./rbac.ts"

/** Somebody who uses the cluster. */
export interface User {
  /** The rules of the Role that is bound to them, as a manifest has them. */
  readonly rules: readonly PolicyRule[]
  /** Where they hold. Without it, in all namespaces. */
  readonly namespace?: string
  readonly groups?: readonly string[]
  /** How long a token that is handed out is good. Without it, for ever. */
  readonly tokenMs?: number
}

/** What the fake starts with. Plain JSON. */
export interface Setup {
  readonly namespaces: readonly string[]
  readonly users: Readonly<Record<string, User>>
  readonly plays: Plays
  readonly pace: Pace
  readonly nodes: number
  readonly quotas: Quotas
  /** What the server's certificate is made out to. */
  readonly serverNames: readonly string[]
  /** Where tokens of EKS are reviewed, by POST of a TokenReview; `null` when none is good. */
  readonly tokenWebhook: string | null
}

export const defaultSetup: Setup = {
  namespaces: ["shop"],
  users: { admin: { rules: adminRules } },
  plays: {},
  pace: defaultPace,
  nodes: 3,
  quotas: {},
  serverNames: ["127.0.0.1", "localhost"],
  tokenWebhook: null,
}

/** @throws Error for a setup that could not be. */
export function checkSetup(setup: Setup): void {
  const other = Object.keys(setup).find((name) => !Object.hasOwn(defaultSetup, name))
  if (other !== undefined) throw new Error(`unknown member ${other} of the setup`)
  const missing = Object.keys(defaultSetup).find((name) => !Object.hasOwn(setup, name))
  if (missing !== undefined) throw new Error(`the setup has no ${missing}`)
  for (const play of Object.values(setup.plays)) checkPlay(play)
  if (setup.nodes < 1) throw new Error("the setup has no nodes")
}
