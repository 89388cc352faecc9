import { EnvsealError } from "../../core/error.ts"
import type { Builder } from "../../ports/builder.ts"

/** When builds began. Each is asked for once: CodeBuild forgets a build, but never tells another time of it. */
export class BuildTimes {
  readonly #builder: Pick<Builder, "read">
  readonly #known = new Map<string, string | null>()

  constructor(builder: Pick<Builder, "read">) {
    this.#builder = builder
  }

  /** RFC 3339, by the ids of the builds of which it is known. */
  get known(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#known].flatMap(([id, at]) => (at === null ? [] : [[id, at]])))
  }

  /** Asks for those that were not asked for yet. What cannot be told stays unknown: no answer hangs on it. */
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
