import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { buildView } from "./build-view.ts"
import type { LoggedRequest } from "./exchange.ts"
import { type FailureRule, Failures } from "./failures.ts"
import { jsonLine } from "./line.ts"
import { createAwsServer } from "./server.ts"
import { changeWorld, createState } from "./state.ts"
import type { World } from "./world.ts"

/** What may be asked on standard input, one line of JSON each, after the world. */
export type Command =
  | { readonly do: "requests" | "clear-requests" | "clear-failures" | "world" | "builds" }
  | { readonly do: "advance"; readonly seconds: number }
  | { readonly do: "fail"; readonly rule: FailureRule }
  | { readonly do: "set-world"; readonly part: Partial<World> }

/** A line of standard output: the address, that it listens after a delay, or the answer to a command. */
export type Line =
  | { readonly url: string; readonly listening: boolean }
  | { readonly listening: true }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }

const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, "delay-ms": { type: "string", default: "0" } },
})

const failures = new Failures()
const log: LoggedRequest[] = []

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const first = await lines.next()
const state = createState(JSON.parse(first.value ?? "null"))
const server = createAwsServer({ state, failures, log })
await start(server, Number(values.port), Number(values["delay-ms"]))
for (let line = await lines.next(); !line.done; line = await lines.next()) answer(line.value)
server.close()
server.closeAllConnections()
process.exit()

function answer(line: string): void {
  const { id, ...command } = JSON.parse(line) as Command & { id: number }
  try {
    print({ id, value: run(command) })
  } catch (error) {
    print({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

function run(command: Command): unknown {
  switch (command.do) {
    case "requests":
      return log
    case "clear-requests":
      log.length = 0
      return null
    case "fail":
      failures.add(command.rule)
      return null
    case "clear-failures":
      failures.clear()
      return null
    case "world":
      return state.world
    case "set-world":
      changeWorld(state, command.part)
      return null
    case "builds":
      return builds()
    case "advance":
      state.clock.advance(command.seconds)
      return state.clock.now()
    default:
      throw new Error(`unknown command ${(command as { do: string }).do}`)
  }
}

function builds(): readonly object[] {
  const now = state.clock.now()
  return state.builds.all(now).map((record) => buildView(record, now))
}

// With a delay the address is told at once, and nobody listens there yet.
async function start(on: Server, port: number, delayMs: number): Promise<void> {
  if (delayMs === 0) {
    const { port: chosen } = await listen(on, port)
    print({ url: `http://127.0.0.1:${chosen}`, listening: true })
    return
  }
  print({ url: `http://127.0.0.1:${port}`, listening: false })
  setTimeout(() => listen(on, port).then(() => print({ listening: true }), fail), delayMs)
}

function listen(on: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    on.once("error", reject)
    on.listen(port, "127.0.0.1", () => resolve(on.address() as AddressInfo))
  })
}

function print(line: Line): void {
  process.stdout.write(jsonLine(line))
}

function fail(error: Error): void {
  process.stderr.write(`fake AWS: ${error.message}\n`)
  process.exit(1)
}
