import { authorize } from "./authorize.ts"
import type { Caller } from "./caller.ts"

/**
 * Who gives a role to a service needs iam:PassRole on it.
 *
 * @param service Such as `codebuild.amazonaws.com`.
 * @throws AccessDeniedException
 */
export function passRole(caller: Caller, role: string, service: string, deniedStatus?: number): void {
  authorize(caller, {
    action: "iam:PassRole",
    resource: role,
    context: { "iam:passedtoservice": service },
    ...(deniedStatus !== undefined && { deniedStatus }),
  })
}
