import { createLogUpdate } from "log-update"
import { terminalSize } from "./terminal-size.ts"

/** Draws over what it drew before. */
export interface Redraw {
  (text: string): void
  /** Takes away what was drawn, and writes what stays. */
  persist(text: string): void
  clear(): void
  done(): void
}

/** A terminal that is drawn on again and again. */
export interface LiveTerminal {
  readonly update: Redraw
  columns(): number
  rows(): number
}

/** The terminal on standard error. One that is closed is drawn on in vain, and nothing else comes of it. */
export function terminalOf(stream: NodeJS.WriteStream): LiveTerminal {
  stream.on("error", () => {})
  // A hidden cursor would stay hidden when this process is killed.
  const update = createLogUpdate(sized(stream), { showCursor: true })
  return {
    update: Object.assign((text: string) => update(text), {
      persist: (text: string) => update.persist(text),
      clear: () => update.clear(),
      done: () => update.done(),
    }),
    columns: () => terminalSize(stream).columns,
    rows: () => terminalSize(stream).rows,
  }
}

/** The same stream, whose size is never 0: the library would draw nothing on it. */
function sized(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === "columns" || name === "rows") return terminalSize(target)[name]
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
}
