import { createLogUpdate } from "log-update"
import type { Terminal } from "./live-view.ts"

const usual = { columns: 80, rows: 24 }

/** The terminal on standard error. */
export function terminalOf(stream: NodeJS.WriteStream): Terminal {
  // A cursor that is hidden would stay so when this process is killed.
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
