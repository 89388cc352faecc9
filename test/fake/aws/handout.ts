import { arnOf } from "./caller.ts"
import { type Credentials, issueCredentials } from "./credentials.ts"
import type { Call } from "./exchange.ts"
import type { Mechanism, Role } from "./world.ts"

/** Credentials on their way to a process. */
export interface Handout extends Credentials {
  readonly role: string
  readonly sessionName: string
  /** Without fractions of a second, as AWS writes it. */
  readonly expiration: string
}

/** New credentials of a role, for as long as the world says. They are noted in the log. */
export function handOut(
  { state, now, record }: Call,
  role: Role,
  via: Mechanism,
  name: string,
  serviceAccount?: string,
): Handout {
  const { world } = state
  const expiresAt = Math.floor(now / 1000 + world.sessionSeconds) * 1000
  const session = {
    role: arnOf(world, role),
    name,
    via,
    expiresAt,
    ...(serviceAccount !== undefined && { serviceAccount }),
  }
  record.principal = session.role
  const expiration = new Date(expiresAt).toISOString().replace(".000Z", "Z")
  return { ...issueCredentials(session), role: session.role, sessionName: name, expiration }
}
