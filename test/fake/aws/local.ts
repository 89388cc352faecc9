import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises"
import { type Command, run } from "./command.ts"
import { Failures } from "./failures.ts"
import type { Link } from "./link.ts"
import { copied, LocalLink } from "./local-link.ts"
import { createAwsServer, type Desk, listen } from "./server.ts"
import { createState } from "./state.ts"
import type { World } from "./world.ts"

/** A fake AWS in this process: its address, and the line to it. */
export interface LocalAws {
  readonly url: string
  readonly link: Link<Command>
}

/** @throws Error when the world could not be, or the port is taken */
export async function openAws(world: World, port: number, delayMs: number): Promise<LocalAws> {
  const desk: Desk = { state: createState(copied(world)), failures: new Failures(), log: [] }
  const server = createAwsServer(desk)
  const calledOff = new AbortController()
  const start = async () => {
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: calledOff.signal })
    return listen(server, port)
  }
  const started = start()
  const link = new LocalLink<Command>({
    name: "the fake AWS",
    listening: started.then(() => undefined),
    run: (command) => run(desk, command),
    end: async () => {
      calledOff.abort()
      await started.catch(() => {})
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      // Answers see only in the next turn that their connection is gone.
      await nextTurn()
    },
  })
  return { url: `http://127.0.0.1:${delayMs > 0 ? port : await started}`, link }
}
