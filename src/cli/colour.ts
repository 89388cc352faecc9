import type { Environment } from "../ports/runtime.ts"

/** What decides whether a text has colours. */
export interface ColourScene {
  /** All arguments of the process, without the runtime and the script. */
  readonly args: readonly string[]
  readonly environment: Environment
  /** Whether the text goes to a terminal. */
  readonly terminal: boolean
}

/**
 * The one rule of colours: the option counts first, then `FORCE_COLOR` as Node.js takes it, then `NO_COLOR`
 * (no-color.org), then whether there is a terminal that has them.
 */
export function hasColours({ args, environment, terminal }: ColourScene): boolean {
  const end = args.indexOf("--")
  if ((end < 0 ? args : args.slice(0, end)).includes("--no-color")) return false
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: kind } = environment
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false"
  return terminal && !refused && kind !== "dumb"
}

/** Gives a text a colour, by its number, or leaves it plain. */
export type Paint = (colour: string, text: string) => string

/** Numbers of ECMA-48, "Select Graphic Rendition". */
export const bold = "1"
export const dim = "2"
export const red = "31"
export const green = "32"
export const yellow = "33"
