import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Lease } from "../../core/kubernetes.ts"
import type { DeployFailure } from "../../deploy/core/plan.ts"
import type { SecretStatus } from "../../deploy/core/sealed-secret.ts"
import { checkAccount, checkServer } from "../../deploy/run/check.ts"
import { currentVersions } from "../../deploy/run/current-versions.ts"
import { failureOf } from "../../deploy/run/failure.ts"
import { scopeOf } from "../../deploy/run/request.ts"
import type { ClusterView, Observation } from "../../ports/cluster.ts"
import type { EnvironmentStatus } from "../core/status.ts"
import { BuildTimes } from "./build-times.ts"
import { lostFailure } from "./loss.ts"
import type { StatusPorts } from "./ports.ts"
import { pauseMs, repeat } from "./repeat.ts"
import { type AllSightings, type Knowledge, summarize } from "./summary.ts"

type Part = "cluster" | "lock" | "secrets"
const parts: readonly Part[] = ["cluster", "lock", "secrets"]

type Tell = (status: EnvironmentStatus) => void
type Way = Awaited<ReturnType<StatusPorts["connect"]>>

/** Looks at one environment, once or for as long as is wanted. Changes nothing, and reads no value of a secret. */
export class StatusWatch {
  readonly #settings: EnvironmentSettings
  readonly #ports: StatusPorts
  readonly #tell: Tell
  readonly #builds: BuildTimes
  readonly #failures = new Map<Part, readonly DeployFailure[]>()
  readonly #answered = new Set<Part>()
  #way: Promise<Way> | null = null
  #view: ClusterView | null = null
  #lease: Lease | null = null
  #secrets: readonly SecretStatus[]
  #sightings: AllSightings | null = null
  #told = ""

  /** @param tell called once all was asked, and then after each change. */
  constructor(settings: EnvironmentSettings, ports: StatusPorts, tell: Tell) {
    this.#settings = settings
    this.#ports = ports
    this.#tell = tell
    this.#builds = new BuildTimes(ports.builder)
    this.#secrets = withoutVersions(settings)
  }

  /** Ends once `signal` aborts. What fails is part of the report; what is thrown is a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const again = (ms: number, work: () => Promise<void>) => repeat(this.#ports.timer, ms, signal, work)
    await Promise.all([
      again(pauseMs.cluster, () => this.#observe(signal)),
      again(pauseMs.lock, () => this.#attempt("lock", () => this.#readLock())),
      again(pauseMs.secrets, () => this.#attempt("secrets", () => this.#readVersions())),
      // A trouble that lasts becomes a failure without anything new from the cluster.
      again(pauseMs.troubles, async () => this.#changed()),
    ])
  }

  /** Ends when the cluster refuses, to be tried again. */
  async #observe(signal: AbortSignal): Promise<void> {
    const kinds = [...new Set(this.#settings.workloads.map(({ kind }) => kind))]
    await this.#attempt("cluster", async () => {
      const cluster = await this.#connect()
      for await (const observation of cluster.observe(kinds, signal))
        await this.#see(cluster.name, observation)
    })
  }

  async #see(cluster: string, observation: Observation): Promise<void> {
    if (observation.type === "lost") return this.#answer("cluster", [lostFailure(observation.why, cluster)])
    this.#view = observation.view
    const { workloads } = this.#summarize().status
    await this.#builds.learn(workloads.flatMap(({ release }) => release?.build ?? []))
    this.#answer("cluster", [])
  }

  async #readLock(): Promise<void> {
    const cluster = await this.#connect()
    this.#lease = await cluster.readLease(scopeOf(this.#settings).lease)
    this.#answer("lock", [])
  }

  async #readVersions(): Promise<void> {
    const { secrets } = this.#settings
    try {
      // A secret of the same name in another account would make everything look stale.
      if (secrets.length > 0) await checkAccount({ settings: this.#settings }, this.#ports)
    } catch (error) {
      // What was current last time may not be current now.
      this.#secrets = withoutVersions(this.#settings)
      throw error
    }
    const found = await currentVersions(secrets, this.#ports.secretStore)
    this.#secrets = found.secrets
    this.#answer("secrets", found.failures)
  }

  async #connect(): Promise<Way> {
    this.#way ??= this.#ports.connect()
    try {
      const cluster = await this.#way
      checkServer({ settings: this.#settings }, { cluster })
      return cluster
    } catch (error) {
      this.#way = null
      throw error
    }
  }

  async #attempt(part: Part, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#answer(part, [failureOf(error)])
    }
  }

  #answer(part: Part, failures: readonly DeployFailure[]): void {
    this.#failures.set(part, failures)
    this.#answered.add(part)
    this.#changed()
  }

  #changed(): void {
    if (!this.#isComplete()) return
    const { status, sightings } = this.#summarize()
    // Only what was reported counts as seen before.
    if (this.#view !== null) this.#sightings = sightings
    const text = JSON.stringify(status)
    if (text === this.#told) return
    this.#told = text
    this.#tell(status)
  }

  #isComplete(): boolean {
    // Where the cluster cannot be seen, nothing more is learned by waiting for its lock.
    const without = (this.#failures.get("cluster") ?? []).length > 0 ? "lock" : null
    return parts.every((part) => part === without || this.#answered.has(part))
  }

  #summarize() {
    const known: Knowledge = {
      view: this.#view,
      lease: this.#lease,
      secrets: this.#secrets,
      builtAt: this.#builds.known,
      failures: this.#allFailures(),
    }
    return summarize(this.#settings, known, this.#sightings, this.#ports.timer.nowMs())
  }

  #allFailures(): readonly DeployFailure[] {
    const failuresOf = (part: Part) => this.#failures.get(part) ?? []
    const cluster = failuresOf("cluster")
    // One cluster that cannot be reached hides workloads and lock alike.
    const all = [...(cluster.length > 0 ? cluster : failuresOf("lock")), ...failuresOf("secrets")]
    // Without credentials, cluster and secrets fail for one reason.
    return [...new Map(all.map((failure) => [`${failure.code} ${failure.message}`, failure])).values()]
  }
}

function withoutVersions({ secrets }: EnvironmentSettings): readonly SecretStatus[] {
  return secrets.map((secret) => ({ secret, version: null }))
}

/** Looks at an environment once. What could not be asked is in the answer, and is not waited for. */
export async function lookAtEnvironment(
  settings: EnvironmentSettings,
  ports: StatusPorts,
): Promise<EnvironmentStatus> {
  const over = new AbortController()
  const { promise: found, resolve } = Promise.withResolvers<EnvironmentStatus>()
  const watching = new StatusWatch(settings, ports, resolve).run(over.signal)
  try {
    return await Promise.race([found, watching.then(() => found)])
  } finally {
    over.abort()
  }
}
