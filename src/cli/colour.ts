/** Gives a text a colour, by its number, or leaves it plain. */
export type Paint = (colour: string, text: string) => string

/** Numbers of ECMA-48, "Select Graphic Rendition". */
export const bold = "1"
export const dim = "2"
export const red = "31"
export const green = "32"
export const yellow = "33"
