import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts"
import type { AccountService, CallerIdentity } from "../../ports/account.ts"
import type { Call } from "./call.ts"
import type { Credentials } from "./credentials.ts"
import { AwsSession, incomplete } from "./session.ts"
import type { AwsSettings } from "./settings.ts"

const call: Call = { service: "STS", action: "sts:GetCallerIdentity", resource: "the caller" }

/** AWS STS: `GetCallerIdentity`, which needs no permission. */
export class AwsAccountService implements AccountService {
  readonly #session: AwsSession

  constructor(settings: AwsSettings, credentials: Credentials) {
    this.#session = new AwsSession(settings, credentials)
  }

  async whoAmI(): Promise<CallerIdentity> {
    const { Account, Arn } = await this.#session.repeat({
      call,
      region: null,
      client: (settings) => new STSClient(settings),
      send: (client) => client.send(new GetCallerIdentityCommand()),
    })
    if (Account === undefined || Arn === undefined) throw incomplete(call)
    return { account: Account, arn: Arn }
  }
}
