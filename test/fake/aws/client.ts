import { spawn } from "node:child_process"
import { join } from "node:path"
import type { Play } from "./build-play.ts"
import type { WireBuild } from "./build-view.ts"
import type { Command } from "./command.ts"
import type { LoggedRequest } from "./exchange.ts"
import type { FailureRule } from "./failures.ts"
import type { Link } from "./link.ts"
import { openAws } from "./local.ts"
import { ProcessLink } from "./process-link.ts"
import { defaultWorld, type Role, type World } from "./world.ts"

export type { WireBuild } from "./build-view.ts"
export { environmentFor } from "./environment.ts"
export type { LoggedRequest } from "./exchange.ts"
export type { Failure, FailureRule } from "./failures.ts"

/** How to start a fake AWS. */
export interface StartOptions {
  /** Without it, any that is free. */
  readonly port?: number
  /** Listens that much later, as an agent does that is not up yet. Needs a port. */
  readonly delayMs?: number
}

/**
 * Starts a fake AWS in this process, which has to have its event loop free. It ends with `stop`.
 *
 * @throws Error when the world could not be, or the port is taken.
 */
export async function startFakeAws(
  world: World = defaultWorld,
  options: StartOptions = {},
): Promise<FakeAws> {
  const { port = 0, delayMs = 0 } = checked(options)
  const { url, link } = await openAws(world, port, delayMs)
  return new FakeAws(link, url, world.roles)
}

/**
 * Starts a fake AWS in another process, for one who blocks. It ends with `stop` or with this process.
 *
 * @throws Error when the world could not be, or the port is taken.
 */
export async function startFakeAwsApart(
  world: World = defaultWorld,
  options: StartOptions = {},
): Promise<FakeAws> {
  const { port = 0, delayMs = 0 } = checked(options)
  const main = join(import.meta.dirname, "main.ts")
  const args = [main, "--port", String(port), "--delay-ms", String(delayMs)]
  const child = spawn(process.execPath, args, { env: {}, stdio: "pipe" })
  const link = new ProcessLink<Command>(child, "the fake AWS")
  link.send(world)
  try {
    return new FakeAws(link, await link.url, world.roles)
  } catch (error) {
    await link.close()
    throw error
  }
}

function checked(options: StartOptions): StartOptions {
  if ((options.delayMs ?? 0) > 0 && !options.port) throw new Error("a delay needs a port")
  return options
}

/** A fake AWS that runs. */
export class FakeAws {
  /** Where all of its services are. */
  readonly url: string
  readonly #link: Link<Command>
  #roles: readonly Role[]

  constructor(link: Link<Command>, url: string, roles: readonly Role[]) {
    this.url = url
    this.#link = link
    this.#roles = roles
  }

  /** The roles of its world. */
  get roles(): readonly Role[] {
    return this.#roles
  }

  /** Done once it listens, which with `delayMs` is later than the start. */
  get listening(): Promise<void> {
    return this.#link.listening
  }

  /** All requests since the start or the last `clearRequests`, in the order in which they came. */
  async requests(): Promise<readonly LoggedRequest[]> {
    return (await this.#link.ask({ do: "requests" })) as readonly LoggedRequest[]
  }

  async clearRequests(): Promise<void> {
    await this.#link.ask({ do: "clear-requests" })
  }

  /** Adds a rule. Those that are there come first. */
  async fail(rule: FailureRule): Promise<void> {
    await this.#link.ask({ do: "fail", rule })
  }

  /** Takes all rules away. */
  async clearFailures(): Promise<void> {
    await this.#link.ask({ do: "clear-failures" })
  }

  /** All builds since the start, as CodeBuild would answer them now, in the order in which they began. */
  async builds(): Promise<readonly WireBuild[]> {
    return (await this.#link.ask({ do: "builds" })) as readonly WireBuild[]
  }

  /**
   * Ends the phase `BUILD` of a build that is in it: from now on it goes as this play does. For a build that is really
   * made, whose own play is in that phase for longer than it can take.
   *
   * @throws Error when no such build is in it.
   */
  async endBuild(id: string, play: Play): Promise<void> {
    await this.#link.ask({ do: "end-build", build: id, play })
  }

  /**
   * Puts the clock of the builds forward.
   *
   * @returns what it shows, in milliseconds since 1970.
   */
  async advance(seconds: number): Promise<number> {
    return (await this.#link.ask({ do: "advance", seconds })) as number
  }

  /** The world as it is now, with the secrets that were written. What builds have pushed is not in it. */
  async world(): Promise<World> {
    return (await this.#link.ask({ do: "world" })) as World
  }

  /**
   * Replaces members of the world, such as all keys. Builds that run go on as they began; after new projects the
   * next build of each plays its first play.
   *
   * @throws Error, with nothing changed, when the new world could not be.
   */
  async setWorld(part: Partial<World>): Promise<void> {
    await this.#link.ask({ do: "set-world", part })
    this.#roles = part.roles ?? this.#roles
  }

  /** Ends it and cuts its connections. Done when it is gone. */
  stop(): Promise<void> {
    return this.#link.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }
}
