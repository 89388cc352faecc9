import { connect } from "node:net"
import { join } from "node:path"
import { freePort } from "../../fake/free-port.ts"
import { Program } from "../cluster/program.ts"
import { agentAddress, nodeAddress } from "./machine.ts"

const script = join(import.meta.dirname, "../docker/relay.ts")

/** How pods reach AWS, which listens to its own machine alone. */
export interface AwsRelay {
  /** Of every service. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Hands what pods ask on to a fake AWS, and what they ask of the agent of EKS Pod Identity, too. The node's network has
 * to be there.
 *
 * @param to URL of the fake.
 * @param folder for its logs.
 */
export async function startAwsRelay(to: string, folder: string): Promise<AwsRelay> {
  const port = await freePort()
  const places = [
    { name: "aws", address: nodeAddress, port },
    { name: "agent", address: agentAddress, port: 80 },
  ]
  const programs: Program[] = []
  const stop = async () => {
    await Promise.all(programs.map((program) => program.stop("SIGKILL")))
  }
  try {
    for (const { name, address, port: at } of places) {
      const args = [script, address, `${at}`, new URL(to).port]
      const log = join(folder, `relay-${name}.log`)
      const program = Program.start({ name: `relay to ${name}`, command: process.execPath, args, log })
      programs.push(program)
      await program.untilReady(() => listens(address, at))
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `http://${nodeAddress}:${port}`, stop }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once("connect", () => resolve(true))
    socket.once("error", () => resolve(false))
    socket.once("close", () => socket.destroy())
    socket.once("connect", () => socket.end())
  })
}
