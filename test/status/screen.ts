import type { LiveTerminal } from "../../src/cli/live-terminal.ts"

/** A terminal of 80 columns, and what was drawn on it. */
export function screen(rows: number): { readonly drawn: string[]; readonly terminal: LiveTerminal } {
  const drawn: string[] = []
  const update = Object.assign((text: string) => drawn.push(text), {
    persist: () => {},
    clear: () => drawn.push("cleared"),
    done: () => {},
  })
  return { drawn, terminal: { update, columns: () => 80, rows: () => rows } }
}
