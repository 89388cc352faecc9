import type { Server } from "node:http"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { type Command, run } from "./command.ts"
import { Failures } from "./failures.ts"
import { jsonLine } from "./line.ts"
import { createAwsServer, type Desk, listen } from "./server.ts"
import { createState } from "./state.ts"

/** A line of standard output: the address, that it listens after a delay, or the answer to a command. */
export type Line =
  | { readonly url: string; readonly listening: boolean }
  | { readonly listening: true }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, "delay-ms": { type: "string", default: "0" } },
})

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
const desk: Desk = {
  state: createState(JSON.parse(first.value ?? "null")),
  failures: new Failures(),
  log: [],
}
const server = createAwsServer(desk)
await start(server, Number(values.port), Number(values["delay-ms"]))
for (let line = await lines.next(); !line.done; line = await lines.next()) answer(line.value)
server.close()
server.closeAllConnections()
process.exit()

function answer(line: string): void {
  const { id, ...command } = JSON.parse(line) as Command & { id: number }
  try {
    print({ id, value: run(desk, command) })
  } catch (error) {
    print({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

// With a delay the address is told at once, and nobody listens there yet.
async function start(on: Server, port: number, delayMs: number): Promise<void> {
  if (delayMs === 0) {
    print({ url: `http://127.0.0.1:${await listen(on, port)}`, listening: true })
    return
  }
  print({ url: `http://127.0.0.1:${port}`, listening: false })
  setTimeout(() => listen(on, port).then(() => print({ listening: true }), fail), delayMs)
}

function print(line: Line): void {
  process.stdout.write(jsonLine(line))
}

function fail(error: Error): void {
  process.stderr.write(`fake AWS: ${error.message}\n`)
  process.exit(1)
}
