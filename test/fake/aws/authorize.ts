import type { Caller } from "./caller.ts"
import { denial, principalContext } from "./denial.ts"
import { decideForResource, type PolicyDocument } from "./policy.ts"

/** A use of something that is named by its ARN. */
export interface Use {
  /** Such as `codebuild:StartBuild`. */
  readonly action: string
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string
  /** By default the caller's. */
  readonly account?: string
  /** Of the resource. */
  readonly policy?: PolicyDocument | undefined
  /** HTTP status of a denial: 403 in REST protocols, by default 400. */
  readonly deniedStatus?: number
  /** Condition keys, in lower case, that this action has beside those of every service. */
  readonly context?: Readonly<Record<string, string>>
}

/** @throws AccessDeniedException when no policy allows the use. Whether the resource is there is not asked. */
export function authorize(caller: Caller, use: Use): void {
  const { principal, policies } = caller
  const { action, resource, account, policy, deniedStatus } = use
  const context = new Map([...principalContext(caller), ...Object.entries(use.context ?? {})])
  const access = { principal, action, resource, account: account ?? principal.account, context }
  const decision = decideForResource(policies, policy, access)
  if (decision !== "allowed") throw denial(decision, access, `on resource: ${resource}`, deniedStatus)
}
