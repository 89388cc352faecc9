/**
 * How the clock of the builds goes: `speed` times as fast as the wall clock, or on its own by `stepSeconds` for each
 * BatchGetBuilds, and otherwise only when it is advanced.
 */
export type ClockSetting = { readonly speed: number } | { readonly stepSeconds: number }

/** The clock by which builds are played, logs written and images pushed. It begins with the wall clock's time. */
export class BuildClock {
  readonly #readWall: () => number
  #setting: ClockSetting
  #wall: number
  #time: number
  #advanced = 0

  constructor(setting: ClockSetting, readWall: () => number = Date.now) {
    this.#readWall = readWall
    this.#setting = setting
    this.#wall = readWall()
    this.#time = this.#wall
  }

  /** Goes on from the present time in another way. */
  set(setting: ClockSetting): void {
    this.#time = this.now()
    this.#wall = this.#readWall()
    this.#setting = setting
  }

  /** Milliseconds since 1970. */
  now(): number {
    if (!("speed" in this.#setting)) return this.#time
    return this.#time + (this.#readWall() - this.#wall) * this.#setting.speed
  }

  /** The wall clock, further by what was advanced: for what does not hurry with the builds. */
  patient(): number {
    return this.#readWall() + this.#advanced
  }

  advance(seconds: number): void {
    this.#time += seconds * 1000
    this.#advanced += seconds * 1000
  }

  /** What happens with each BatchGetBuilds. */
  tick(): void {
    if ("stepSeconds" in this.#setting) this.advance(this.#setting.stepSeconds)
  }
}
