import type { Caller } from "./caller.ts"
import { Fault } from "./fault.ts"
import type { Access, Decision } from "./policy.ts"

/** AccessDeniedException in the grammar of IAM. `place` is how the service names the resource. */
export function denial(
  decision: Exclude<Decision, "allowed">,
  access: Access,
  place: string,
  status = 400,
): Fault {
  const [how, which] = decision.split("-")
  const kind = which === "identity" ? "identity-based" : "resource-based"
  const article = which === "identity" ? "an" : "a"
  const reason =
    how === "explicit"
      ? `with an explicit deny in ${article} ${kind} policy`
      : `because no ${kind} policy allows the ${access.action} action`
  return new Fault(
    "AccessDeniedException",
    `User: ${access.principal.session} is not authorized to perform: ${access.action} ${place} ${reason}`,
    status,
  )
}

/** The condition keys that every service has. */
export function principalContext({ principal, region, tags }: Caller): Map<string, string> {
  const context = new Map([
    ["aws:principalaccount", principal.account],
    ["aws:principalarn", principal.role],
    ["aws:requestedregion", region],
    // The real services are only ever reached by TLS.
    ["aws:securetransport", "true"],
  ])
  for (const [name, value] of Object.entries(tags)) {
    context.set(`aws:principaltag/${name.toLowerCase()}`, value)
  }
  return context
}
