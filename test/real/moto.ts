import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { freePort } from "../fake/free-port.ts"
import { hangMs } from "./hang.ts"

export const motoFolder = join(import.meta.dirname, "../../.cache/moto")

/** moto's server in a process of its own. */
export interface Moto {
  readonly url: string
  stop(): void
}

const pauseMs = 100

/** @throws Error when it ends, or does not answer before it counts as hanging. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort()
  const child = spawn(join(motoFolder, "bin/moto_server"), ["-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
  })
  const url = `http://127.0.0.1:${port}`
  await untilItAnswers(url, child)
  return { url, stop: () => child.kill() }
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < hangMs; waited += pauseMs) {
    if (child.exitCode !== null) break
    const answered = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answered) return
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  child.kill()
  throw new Error("moto does not answer")
}
