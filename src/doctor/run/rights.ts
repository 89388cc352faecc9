import type { Right } from "../../ports/cluster.ts"

/**
 * What is looked at beside what a deploy does. Which service accounts pods have is known only from their templates, so
 * none can be named. It gives no token of theirs, which is another resource. A Role can grant to look at its own
 * namespace.
 */
export function lookingRights(namespace: string): readonly Right[] {
  return [
    { verb: "get", group: "", resource: "serviceaccounts", name: null },
    { verb: "get", group: "", resource: "namespaces", name: namespace },
  ]
}
