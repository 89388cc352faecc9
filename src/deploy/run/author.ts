import { EnvsealError } from "../../core/error.ts"
import type { AccountService } from "../../ports/account.ts"

/** What the machine says of who works on it. */
export interface Machine {
  /** `null` when it does not know. */
  readonly user: string | null
  readonly host: string
  /** Whether it works for many: a job of a CI. */
  readonly isShared: boolean
}

/** Users that stand for nobody: that of containers, and those of a user id without a name. */
const nobody = ["", "root", "unknown", "nobody"]

/**
 * Who deploys, for people and for the record: the user of the machine, or who AWS says it is where that user is nobody in
 * particular, as in containers and CI.
 *
 * @returns such as `anna@laptop` or `deployer/anna`.
 */
export async function authorOf({ user, host, isShared }: Machine, account: AccountService): Promise<string> {
  const own = `${user ?? "unknown"}@${host}`
  if (user !== null && !nobody.includes(user) && !isShared) return own
  try {
    return callerName((await account.whoAmI()).arn)
  } catch (error) {
    // The check asks again, and says why there is no answer.
    if (error instanceof EnvsealError) return own
    throw error
  }
}

/** `anna` of a user's ARN, `deployer/anna` of a session of a role, and the ARN of anything else. */
function callerName(arn: string): string {
  const [, kind, name] =
    /^arn:[^:]*:(?:iam|sts)::\d*:(user|assumed-role|federated-user)\/(.+)$/.exec(arn) ?? []
  return (kind === "user" ? name?.split("/").at(-1) : name) ?? arn
}
