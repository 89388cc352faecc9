import type { EnvironmentSettings } from "../../config/settings.ts"
import type { Build } from "../../core/build.ts"
import { EnvsealError } from "../../core/error.ts"
import { type Images, sameImages, workloadText } from "../../core/workload.ts"
import type { Effect } from "../core/effect.ts"
import type { Happening } from "../core/event.ts"
import type { DeployFailure, Plan } from "../core/plan.ts"
import { type Release, unprovenRuns } from "../core/release.ts"
import { isMixed } from "../core/way-back.ts"
import { readBuild, startBuild, stopBuild } from "./build-effects.ts"
import { BuildLog } from "./build-log.ts"
import { type Author, type ChangedCluster, giveImages, markProven, takeBack } from "./change.ts"
import { checkDeploy } from "./check.ts"
import { addedWarning } from "./containers.ts"
import { type Deletion, deleteSoon } from "./deletion.ts"
import { examineTroubles } from "./examine.ts"
import { failureOf } from "./failure.ts"
import { fencedCluster, lockGuard } from "./fence.ts"
import { Heartbeat } from "./heartbeat.ts"
import { runHook } from "./hook.ts"
import { existingImage, imageOfBuild } from "./image.ts"
import { type FoundTarget, KnownWorkloads } from "./known.ts"
import type { LeaseLock } from "./lock.ts"
import { acquireLock, giveLockBack, renewLock } from "./lock-effects.ts"
import type { Audience, DeployPorts } from "./ports.ts"
import { rehearseChange } from "./rehearsal.ts"
import { homeOf } from "./request.ts"
import { proveResealedImage } from "./reseal-effects.ts"
import type { Scope } from "./rights.ts"

/** What the effects of one run work with. */
export interface Run {
  readonly plan: Plan
  readonly settings: EnvironmentSettings
  readonly scope: Scope
  readonly by: string
  /** Unique to this run: one build at most is started with it. */
  readonly token: string
}

/** Does what the core wants done, and answers with events. */
export class Performer {
  readonly #run: Run
  readonly #ports: DeployPorts
  readonly #audience: Audience
  readonly #lock: LeaseLock
  readonly #signal: AbortSignal
  readonly #heartbeat: Heartbeat
  readonly #log: BuildLog
  /** Workloads of which it was said that their proof is not written down. */
  readonly #unrecorded = new Set<string>()
  readonly #known = new KnownWorkloads()
  #targets: readonly FoundTarget[] = []
  #observing = new AbortController()

  constructor(run: Run, ports: DeployPorts, audience: Audience, lock: LeaseLock, signal: AbortSignal) {
    this.#run = run
    this.#ports = ports
    this.#audience = audience
    this.#lock = lock
    this.#heartbeat = new Heartbeat(ports)
    this.#signal = signal
    this.#log = new BuildLog(ports, audience, signal)
  }

  /** To be called with each tick: the run goes on. */
  beat(): void {
    this.#heartbeat.beat()
  }

  /** @param answer takes the events, now and later. What is thrown is a bug. */
  async perform(effect: Effect, answer: (event: Happening) => void): Promise<void> {
    switch (effect.do) {
      case "tell":
        return this.#audience.progress(effect.progress)
      case "observe":
        return this.#observe(effect.kinds, answer)
      case "follow-log":
        return this.#log.follow(effect.build)
      case "delete-pod":
        await this.#delete("pod", effect)
        return
      case "delete-job":
        return this.#deleteJob(effect, answer)
      case "run-hook":
        return this.#runHook(effect, answer)
      default:
        answer(await this.#answerTo(effect))
    }
  }

  #answerTo(
    effect: Exclude<
      Effect,
      { do: "tell" | "observe" | "follow-log" | "delete-pod" | "delete-job" | "run-hook" }
    >,
  ): Promise<Happening> {
    switch (effect.do) {
      case "check":
        return this.#check(effect.ask)
      case "lock":
        return acquireLock(this.#lock, this.#signal)
      case "renew-lock":
        return renewLock(this.#lock, effect.ask)
      case "unlock":
        return giveLockBack(this.#lock)
      case "start-build":
        return startBuild(this.#run, effect.origin, this.#ports)
      case "read-build":
        return this.#readBuild(effect.id, effect.ask)
      case "stop-build":
        return stopBuild(effect.id, this.#ports)
      case "drain-log":
        return this.#drainLog()
      case "find-image":
        return this.#findImage(effect.from)
      case "prove-resealed":
        return proveResealedImage(effect, this.#run.settings, this.#ports)
      case "patch":
        return this.#patch(effect)
      case "restore":
        return this.#restore(effect)
      case "prove":
        return this.#prove(effect)
      case "examine":
        return this.#examine(effect)
    }
  }

  async #check(ask: number): Promise<Happening> {
    try {
      this.#targets = await checkDeploy(this.#run, this.#ports)
      const targets = this.#targets.map(({ workload, ...target }) => {
        this.#known.keep(target.ref, workload)
        return target
      })
      return { type: "checked", ask, targets }
    } catch (error) {
      return { type: "check-failed", ask, failure: failureOf(error) }
    }
  }

  async #readBuild(id: string, ask: number): Promise<Happening> {
    const seen = await readBuild(id, ask, this.#ports)
    if (seen.type !== "build-seen") return seen
    this.#log.update(seen.build)
    return seen
  }

  async #drainLog(): Promise<Happening> {
    await this.#log.drained()
    return { type: "log-drained" }
  }

  async #findImage(from: Build | string): Promise<Happening> {
    const { settings } = this.#run
    try {
      if (settings.image === null) throw new EnvsealError("IMAGE_UNUSABLE", "no image is configured")
      const release = await (typeof from === "string"
        ? existingImage(from, settings.image, this.#ports, this.#signal)
        : imageOfBuild(from, settings.name, settings.image, this.#ports, this.#signal))
      await rehearseChange(this.#targets, release, this.#author(), this.#ports.cluster)
      return { type: "image-found", release }
    } catch (error) {
      return { type: "image-refused", failure: failureOf(error) }
    }
  }

  async #runHook(
    { when, name, release, images }: Extract<Effect, { do: "run-hook" }>,
    answer: (event: Happening) => void,
  ): Promise<void> {
    const settings = this.#run.settings.hooks[when].find((hook) => hook.name === name)
    if (settings === undefined) throw new Error(`there is no hook ${name}`)
    const watcher = {
      began: (job: string) => answer({ type: "hook-began", hook: name, job }),
      line: (text: string) => this.#audience.line("hook", { atMs: this.#ports.clock.now().getTime(), text }),
    }
    try {
      const run = release.build ?? this.#run.token
      const given = images[workloadText(settings.workload)] ?? {}
      const guard = lockGuard(this.#lock, `the Job of the hook ${name} was not made`)
      const request = { settings, run, images: given, guard }
      const failed = await runHook(request, this.#ports, watcher, this.#signal)
      if (failed === null) return answer({ type: "hook-ended", hook: name })
      answer({ type: "hook-failed", hook: name, failure: failureOf(failed), over: true })
    } catch (error) {
      if (this.#signal.aborted) return
      answer({ type: "hook-failed", hook: name, failure: failureOf(error), over: false })
    }
  }

  async #patch({ ref, to, release, only }: Extract<Effect, { do: "patch" }>): Promise<Happening> {
    const workload = workloadText(ref)
    try {
      const known = this.#known.of(ref)
      const changed = await giveImages(this.#changing(), ref, to, release, this.#author(), only, known)
      const added = addedWarning(this.#run.settings, ref, this.#known.of(ref), Object.keys(to))
      if (added !== null) this.#ports.log.warn(added)
      return { type: "patched", did: "patch", workload, ...changed }
    } catch (error) {
      return { type: "patch-failed", did: "patch", workload, ...refusedChange(error) }
    }
  }

  async #restore({ ref, from, to }: Extract<Effect, { do: "restore" }>): Promise<Happening> {
    const workload = workloadText(ref)
    const records = this.#recordsFor(workload, to)
    try {
      const changed = await takeBack(this.#changing(), ref, from, to, records, this.#author())
      return { type: "patched", did: "restore", workload, ...changed }
    } catch (error) {
      return { type: "patch-failed", did: "restore", workload, ...refusedChange(error) }
    }
  }

  async #prove({ ref, images }: Extract<Effect, { do: "prove" }>): Promise<Happening> {
    const workload = workloadText(ref)
    try {
      await markProven(this.#changing(), ref, images, this.#known.of(ref))
      return { type: "recorded", workload, failure: null }
    } catch (error) {
      const why = failureOf(error)
      const told = `${workload} is proven, and that is not written down yet: ${why.message}`
      if (!this.#unrecorded.has(workload))
        this.#ports.log.warn(`${told}; a rollback would pass this release over`)
      this.#unrecorded.add(workload)
      return { type: "recorded", workload, failure: why }
    }
  }

  #changing(): ChangedCluster {
    return this.#known.through(fencedCluster(this.#ports.cluster, this.#lock, this.#heartbeat))
  }

  /** The workload's annotation from the start of the run, where what it had then runs again. */
  #recordsFor(workload: string, to: Images): readonly Release[] | null {
    const found = this.#targets.find(({ ref }) => workloadText(ref) === workload)
    return found !== undefined && found.releases.length > 0 && sameImages(found.live, to)
      ? found.releases
      : null
  }

  #author(): Author {
    const { settings, by, token } = this.#run
    const now = this.#ports.clock.now()
    const mixed = isMixed(this.#targets)
    const unproven = unprovenRuns(this.#targets.map(({ releases }) => releases))
    return { home: homeOf(settings), by, run: token, after: this.#lock.takenFrom, mixed, unproven, now }
  }

  async #examine({ ref, trouble }: Extract<Effect, { do: "examine" }>): Promise<Happening> {
    return { type: "examined", clues: await examineTroubles(this.#ports.cluster, ref, trouble) }
  }

  async #deleteJob(
    effect: Extract<Effect, { do: "delete-job" }>,
    answer: (event: Happening) => void,
  ): Promise<void> {
    const failure = await this.#delete("job", effect)
    if (!this.#signal.aborted) answer({ type: "job-deleted", uid: effect.uid, failure })
  }

  #delete(
    kind: Deletion["kind"],
    { name, uid }: Pick<Deletion, "name" | "uid">,
  ): Promise<DeployFailure | null> {
    const guard = lockGuard(this.#lock, "it was not deleted")
    return deleteSoon({ kind, name, uid, guard }, this.#ports, this.#signal)
  }

  async #observe(
    kinds: Extract<Effect, { do: "observe" }>["kinds"],
    answer: (event: Happening) => void,
  ): Promise<void> {
    // What was watched before is not watched any more: it may be older than what is seen now.
    this.#observing.abort()
    this.#observing = new AbortController()
    const signal = AbortSignal.any([this.#signal, this.#observing.signal])
    try {
      for await (const seen of this.#ports.cluster.observe(kinds, signal)) {
        if (signal.aborted) return
        answer(seen.type === "view" ? { type: "seen", view: seen.view } : { type: "unseen", why: seen.why })
      }
    } catch (error) {
      if (!signal.aborted) answer({ type: "unwatchable", failure: failureOf(error) })
    }
  }
}

/** Why a change was not made, and whether somebody else's was. */
function refusedChange(error: unknown): { readonly failure: DeployFailure; readonly foreign: boolean } {
  const failure = failureOf(error)
  return { failure, foreign: failure.code === "SUPERSEDED" || failure.code === "PATCH_CONFLICT" }
}
