import type { LabelMove, NewVersion, SecretWriter, VersionRecord } from "../../ports/secrets.ts"
import { stages } from "../core/label.ts"

/**
 * How far the newest version that a writer was given has come: `sent` until it is answered, `kept` under a label of its
 * own, `moving` from when AWSCURRENT was asked for it, and `current`.
 */
export interface VersionStanding {
  readonly versionId: string
  readonly state: "sent" | "kept" | "moving" | "current"
}

/** A writer that knows what it has begun, for who is interrupted before the answer. */
export class WatchedWriter implements SecretWriter {
  readonly #writer: SecretWriter
  #standing: VersionStanding | null = null

  constructor(writer: SecretWriter) {
    this.#writer = writer
  }

  /** `null` before anything was begun. */
  get standing(): VersionStanding | null {
    return this.#standing
  }

  versions(id: string): Promise<readonly VersionRecord[]> {
    return this.#writer.versions(id)
  }

  async put(id: string, version: NewVersion): Promise<readonly string[]> {
    const { versionId } = version
    this.#standing = { versionId, state: "sent" }
    const labels = await this.#writer.put(id, version)
    this.#standing = { versionId, state: labels.includes(stages.current) ? "current" : "kept" }
    return labels
  }

  async move(id: string, move: LabelMove): Promise<boolean> {
    const { label, to } = move
    if (label !== stages.current || to === null) return this.#writer.move(id, move)
    this.#standing = { versionId: to, state: "moving" }
    const isMoved = await this.#writer.move(id, move)
    // One that was refused may have been done by a request before, whose answer was lost.
    if (isMoved) this.#standing = { versionId: to, state: "current" }
    return isMoved
  }
}
