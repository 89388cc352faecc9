import { EnvsealError } from "../../core/error.ts"
import type { Builder } from "../../ports/builder.ts"

/** When builds began. Each is asked for once: CodeBuild may forget a build, but never changes its time. */
export class BuildTimes {
  readonly #builder: Pick<Builder, "read">
  readonly #known = new Map<string, string | null>()

  constructor(builder: Pick<Builder, "read">) {
    this.#builder = builder
  }

  /** RFC 3339, by build id. */
  get known(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#known].flatMap(([id, at]) => (at === null ? [] : [[id, at]])))
  }

  /** Asks for the builds that were not asked for yet. What cannot be found out stays unknown: nothing depends on it. */
  async learn(ids: readonly string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.#known.has(id))
    await Promise.all(unknown.map(async (id) => this.#known.set(id, await this.#ask(id))))
  }

  async #ask(id: string): Promise<string | null> {
    try {
      const build = await this.#builder.read(id)
      return build === null ? null : new Date(build.startedAtMs).toISOString()
    } catch (error) {
      if (error instanceof EnvsealError) return null
      throw error
    }
  }
}
