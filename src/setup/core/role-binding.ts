import { stringify } from "yaml"
import type { NewFile } from "./file.ts"
import type { Site } from "./site.ts"
import { deployerGroupOf } from "./stack.ts"

/** A Role of the Kubernetes API, as `envseal policy cluster` prints it. */
export interface NamedRole {
  readonly metadata: { readonly name: string; readonly namespace: string }
}

/** What the deployer may do in the cluster: the Role, and who has it. */
export function roleFile(role: NamedRole, site: Site, folder: string): NewFile {
  const { name, namespace } = role.metadata
  const group = deployerGroupOf(site)
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name, namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }],
  }
  const text = `# What a deploy of ${site.environment} does in the cluster, and nothing else: it reads no Secret and no ConfigMap.
# As \`envseal policy cluster\` prints it.
${block(role)}---
# On EKS, an access entry puts a role or user of IAM into the group ${group}.
${block(binding)}`
  return { path: `${folder}/role.yaml`, text, executable: false }
}

/** kubectl reads YAML 1.1. */
function block(value: object): string {
  return stringify(value, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false })
}
