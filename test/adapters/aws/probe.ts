import { AwsAccountService } from "../../../src/adapters/aws/account.ts"
import { AwsBuilder } from "../../../src/adapters/aws/builder.ts"
import { Credentials } from "../../../src/adapters/aws/credentials.ts"
import { eksAccess } from "../../../src/adapters/aws/eks.ts"
import { AwsLogTail } from "../../../src/adapters/aws/log-tail.ts"
import { AwsRegistry } from "../../../src/adapters/aws/registry.ts"
import { AwsSecretStore } from "../../../src/adapters/aws/secret-store.ts"
import type { AwsSettings } from "../../../src/adapters/aws/settings.ts"
import { shopRepository } from "../../fake/aws/deploy-world.ts"

// Asks for everything that a deploy asks AWS for, and prints the answers as JSON: for every runtime.

const settings: AwsSettings = {
  environment: process.env,
  profile: null,
  region: "eu-west-1",
  allowInstanceRole: false,
  log: { warn: () => undefined, debug: () => undefined },
  activity: { begin: () => undefined, failed: () => undefined },
  remainingMs: () => 10_000,
}
const credentials = new Credentials(settings)
const builder = new AwsBuilder(settings, credentials)

const request = { project: "shop", sourceVersion: null, variables: { A: "1" }, token: crypto.randomUUID() }
let build = await builder.start(request)
for (let reads = 0; reads < 100 && !build.complete; reads += 1)
  build = (await builder.read(build.id)) ?? build
const { log } = build
const access = await eksAccess("shop", "eu-west-1", settings, credentials)

process.stdout.write(
  JSON.stringify({
    caller: await new AwsAccountService(settings, credentials).whoAmI(),
    project: await builder.project("shop"),
    build: { status: build.status, complete: build.complete, exported: build.exported },
    page:
      log.type === "stream" &&
      (await new AwsLogTail(settings, credentials).read(log.group, log.stream, null))?.lines.length,
    image: (await new AwsRegistry(settings, credentials).find(shopRepository, "latest"))?.digest,
    version: await new AwsSecretStore(settings, credentials).currentVersion("shop/production"),
    cluster: access.server,
    token: (await access.credential()).token,
  }),
)
