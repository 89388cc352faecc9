const inspectCustom = Symbol.for("nodejs.util.inspect.custom")
const shown = "[secret]"

/**
 * A value that no log line, error dump or JSON can show. Only {@link Secret.reveal} gives it back, and a test
 * keeps the list of files that may call it.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspectCustom](): string {
    return shown
  }
}
