import type { Build } from "../../core/build.ts"
import { LogFollower } from "./log-follower.ts"
import type { Audience, DeployPorts } from "./ports.ts"

/** The log of the run's build, of one build at a time: a retry's comes after the rest of the log before. */
export class BuildLog {
  readonly #ports: DeployPorts
  readonly #audience: Audience
  readonly #signal: AbortSignal
  #follower: LogFollower | null = null
  #following: Promise<void> = Promise.resolve()

  constructor(ports: DeployPorts, audience: Audience, signal: AbortSignal) {
    this.#ports = ports
    this.#audience = audience
    this.#signal = signal
  }

  /** Tells the lines of that build, until its end. */
  follow(build: Build): Promise<void> {
    this.#follower?.drain()
    const tell = this.#audience.line.bind(this.#audience, "build")
    const follower = new LogFollower(build, this.#ports, tell, this.#signal)
    this.#follower = follower
    this.#following = this.#following.then(() => follower.run())
    return this.#following
  }

  /** What is seen of the build now. */
  update(build: Build): void {
    this.#follower?.update(build)
    if (build.complete) this.#follower?.drain()
  }

  /** Settles when all lines are told. */
  drained(): Promise<void> {
    this.#follower?.drain()
    return this.#following
  }
}
