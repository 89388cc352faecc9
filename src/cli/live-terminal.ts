import { createLogUpdate } from "log-update"

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

const usual = { columns: 80, rows: 24 }

/** The terminal on standard error. */
export function terminalOf(stream: NodeJS.WriteStream): LiveTerminal {
  // A hidden cursor would stay hidden when this process is killed.
  const update = createLogUpdate(stream, { showCursor: true })
  return {
    update: Object.assign((text: string) => update(text), {
      persist: (text: string) => update.persist(text),
      clear: () => update.clear(),
      done: () => update.done(),
    }),
    columns: () => stream.columns || usual.columns,
    rows: () => stream.rows || usual.rows,
  }
}
