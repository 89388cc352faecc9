import type { EnvironmentSettings } from "../../config/settings.ts"
import { scopeOf } from "../../deploy/run/request.ts"
import { type RoleRule, rightsOf, roleRules } from "../../deploy/run/rights.ts"
import { lookingRights } from "../../doctor/run/rights.ts"

/** A Role of the Kubernetes API (rbac.authorization.k8s.io/v1), to be bound to the people who deploy. */
export interface Role {
  readonly apiVersion: "rbac.authorization.k8s.io/v1"
  readonly kind: "Role"
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly rules: readonly RoleRule[]
}

/**
 * The least that a deploy of this environment needs in its namespace, and `envseal doctor` to look at it. It reads no
 * Secret and no ConfigMap.
 */
export function deployerRole(settings: EnvironmentSettings, namespace: string): Role {
  const scope = scopeOf(settings)
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: scope.lease, namespace },
    rules: roleRules([...rightsOf(scope), ...lookingRights(namespace)]),
  }
}
