import type { Right } from "../../ports/cluster.ts"

/**
 * What is looked at in the namespace beside what a deploy does. Which service accounts pods have is known only from
 * their templates, so none can be named. It gives no token of theirs, which is another resource.
 */
export const lookingRights: readonly Right[] = [
  { verb: "get", group: "", resource: "serviceaccounts", name: null },
]
