import { ApiError } from "./api-error.ts"
import type { Verb } from "./resources.ts"

/** One rule of a Role (rbac.authorization.k8s.io/v1), as it stands in a manifest. `*` is everything. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  /** Such as `deployments` or `pods/log`. */
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** What somebody wants to do. */
export interface Attempt {
  readonly verb: Verb | string
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  /** Empty for a request about no single object. */
  readonly name: string
}

/** The rules that bind somebody, in one namespace, or in all without one. */
export interface Grant {
  readonly rules: readonly PolicyRule[]
  readonly namespace?: string
}

/** All rights. */
export const adminRules: readonly PolicyRule[] = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]

export function isAllowed(grant: Grant, attempt: Attempt): boolean {
  if (grant.namespace !== undefined && grant.namespace !== attempt.namespace) return false
  return grant.rules.some((rule) => ruleAllows(rule, attempt))
}

/** The refusal of an attempt (apiserver `responsewriters.ForbiddenStatusError`). */
export function forbidden(user: string, attempt: Attempt): ApiError {
  const { verb, group, resource, subresource, namespace, name } = attempt
  const full = subresource === "" ? resource : `${resource}/${subresource}`
  const qualified = group === "" ? resource : `${resource}.${group}`
  const scope = namespace === "" ? "at the cluster scope" : `in the namespace "${namespace}"`
  const object = name === "" ? qualified : `${qualified} "${name}"`
  return new ApiError(
    403,
    "Forbidden",
    `${object} is forbidden: User "${user}" cannot ${verb} resource "${full}" in API group "${group}" ${scope}`,
    { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: resource },
  )
}

/** The refusal of a path that is no resource, such as `/apis`. */
export function forbiddenPath(user: string, verb: string, path: string): ApiError {
  return new ApiError(403, "Forbidden", `forbidden: User "${user}" cannot ${verb} path "${path}"`, {})
}

function ruleAllows(rule: PolicyRule, { verb, group, resource, subresource, name }: Attempt): boolean {
  const full = subresource === "" ? resource : `${resource}/${subresource}`
  return (
    includes(rule.verbs, verb) &&
    includes(rule.apiGroups, group) &&
    includes(rule.resources, full) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name))
  )
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes(value) || list.includes("*")
}
