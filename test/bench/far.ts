import { readFileSync } from "node:fs"
import { connect } from "node:net"
import { createInterface } from "node:readline"
import { createServer } from "node:tls"
import { CountingRelay } from "../fake/relay.ts"

/** What came and went since the last time that was asked. */
export interface Passed {
  readonly connections: number
  readonly roundTrips: number
}

// A fake AWS as if it were far away and spoke TLS: `far.ts URL KEY CERTIFICATE ONE-WAY-MS`. Prints the port that it can
// be reached at, and for each line of standard input what passed since the last one.
const [url = "", key = "", certificate = "", oneWayMs = "0"] = process.argv.slice(2)
const { hostname, port } = new URL(url)
const secure = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (near) => {
  const far = connect(Number(port), hostname)
  near.pipe(far).pipe(near)
  near.on("error", () => far.destroy())
  far.on("error", () => near.destroy())
})
await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve))
const address = secure.address()
const securePort = typeof address === "object" && address !== null ? address.port : 0
const relay = await CountingRelay.start(`https://127.0.0.1:${securePort}`, Number(oneWayMs))
console.log(new URL(relay.url).port)
let before: Passed = { connections: 0, roundTrips: 0 }
for await (const _ of createInterface({ input: process.stdin })) {
  const { connections, roundTrips } = relay
  const passed = {
    connections: connections - before.connections,
    roundTrips: roundTrips - before.roundTrips,
  }
  before = { connections, roundTrips }
  console.log(JSON.stringify(passed satisfies Passed))
}
process.exit(0)
