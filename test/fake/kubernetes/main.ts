import { createInterface } from "node:readline"
import { jsonLine } from "../aws/line.ts"
import { Authentication } from "./authentication.ts"
import { Authority } from "./certificate.ts"
import { realClock } from "./clock.ts"
import { createCluster } from "./cluster.ts"
import { type Command, run } from "./command.ts"
import { Failures } from "./failures.ts"
import { ApiServer, type Desk } from "./server.ts"
import { checkSetup, type Setup } from "./setup.ts"
import { WatchHub } from "./watch-hub.ts"

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
const desk = createDesk(JSON.parse(first.value ?? "null"))
const server = new ApiServer(desk)
process.stdout.write(jsonLine({ url: await server.start(), listening: true }))
for (let line = await lines.next(); !line.done; line = await lines.next()) await answer(line.value)
await server.stop()
process.exit()

function createDesk(setup: Setup): Desk {
  checkSetup(setup)
  const cluster = createCluster(setup, realClock)
  const authority = new Authority()
  return {
    setup,
    cluster,
    hub: new WatchHub(cluster.store, realClock, setup.pace.bookmarkMs),
    authority,
    authentication: new Authentication(setup.users, authority, realClock, setup.tokenWebhook),
    failures: new Failures(),
    log: [],
    execInfos: [],
  }
}

async function answer(line: string): Promise<void> {
  const { id, ...command } = JSON.parse(line) as Command & { id: number }
  try {
    process.stdout.write(jsonLine({ id, value: await run(desk, server, command) }))
  } catch (error) {
    process.stdout.write(jsonLine({ id, error: error instanceof Error ? error.message : String(error) }))
  }
}
