import { createInterface } from "node:readline"
import { jsonLine } from "../aws/line.ts"
import { WallClock } from "./clock.ts"
import { type Command, run } from "./command.ts"
import { createDesk } from "./desk.ts"
import { ApiServer } from "./server.ts"

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
const desk = createDesk(JSON.parse(first.value ?? "null"), new WallClock())
const server = new ApiServer(desk)
process.stdout.write(jsonLine({ url: await server.start(), listening: true }))
for (let line = await lines.next(); !line.done; line = await lines.next()) await answer(line.value)
await server.stop()
process.exit()

async function answer(line: string): Promise<void> {
  const { id, ...command } = JSON.parse(line) as Command & { id: number }
  try {
    process.stdout.write(jsonLine({ id, value: await run(desk, server, command) }))
  } catch (error) {
    process.stdout.write(jsonLine({ id, error: error instanceof Error ? error.message : String(error) }))
  }
}
