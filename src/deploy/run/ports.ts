import type { AccountService } from "../../ports/account.ts"
import type { Builder, LogLine, LogTail } from "../../ports/builder.ts"
import type { LocalClock, Timer } from "../../ports/clock.ts"
import type { Cluster } from "../../ports/cluster.ts"
import type { ImageReader } from "../../ports/image-store.ts"
import type { Log } from "../../ports/log.ts"
import type { Registry } from "../../ports/registry.ts"
import type { SourceRepository } from "../../ports/repository.ts"
import type { ScanTargets } from "../../ports/scan-target.ts"
import type { Signal } from "../core/plan.ts"
import type { Progress } from "../core/progress.ts"
import type { DeployState } from "../core/state.ts"

/** What a deploy may touch of the outside world. There is nothing in it that reads the value of a secret. */
export interface DeployPorts {
  readonly account: AccountService
  readonly builder: Builder
  readonly logTail: LogTail
  readonly registry: Registry
  /** Parts of images, and how their layers are unpacked: for the proof of a reseal. */
  readonly images: ImageReader & Pick<ScanTargets, "decompress">
  readonly repository: SourceRepository
  readonly cluster: Cluster
  readonly clock: LocalClock
  readonly timer: Timer
  readonly log: Log
  /** From 0 up to 1. */
  random(): number
}

/** The audience of a deploy. */
export interface Audience {
  progress(progress: Progress): void
  /** A line of the build's log, or of a hook's. */
  line(from: "build" | "hook", line: LogLine): void
  /** Called after each step. */
  state(state: DeployState): void
}

/** What can end a run early. */
export interface Interrupts {
  /** @param interrupt called for each signal. @returns what ends listening. */
  listen(interrupt: (signal: Signal) => void): () => void
}
