import type { Link } from "../aws/link.ts"
import { copied, LocalLink } from "../aws/local-link.ts"
import { WallClock } from "./clock.ts"
import { type Command, run } from "./command.ts"
import { createDesk } from "./desk.ts"
import { ApiServer } from "./server.ts"
import type { Setup } from "./setup.ts"

/** A fake cluster in this process: the address of its API server, and the line to it. */
export interface LocalCluster {
  readonly url: string
  readonly link: Link<Command>
}

/** @throws Error when the setup could not be */
export async function openCluster(setup: Setup): Promise<LocalCluster> {
  const clock = new WallClock()
  const desk = createDesk(copied(setup), clock)
  const server = new ApiServer(desk)
  const link = new LocalLink<Command>({
    name: "the fake Kubernetes",
    listening: Promise.resolve(),
    run: (command) => run(desk, server, command),
    end: () => {
      clock.stop()
      return server.stop()
    },
  })
  return { url: await server.start(), link }
}
