/** The shortest piece that identifies the value it is of. */
const minLength = 32

/** Lines with which every PEM file begins and ends. */
const armor = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/

/**
 * Pieces of a value that give it away by themselves: long lines, whole and halved, so that a key is found that was
 * wrapped again; and long strings in JSON, which another program may lay out differently.
 */
export function partsOf(value: string): string[] {
  const whole = value.trim()
  const texts = [whole, ...jsonStrings(whole)]
  const parts = texts.flatMap((text) => [text, ...pieces(text)])
  return [...new Set(parts)].filter((part) => part !== whole)
}

function pieces(text: string): string[] {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim())
  if (lines.length === 1) return []
  return lines.filter((line) => line.length >= minLength && !armor.test(line)).flatMap(withHalves)
}

function withHalves(line: string): string[] {
  if (line.length < 2 * minLength) return [line]
  const middle = line.length >> 1
  return [line, line.slice(0, middle), line.slice(middle)].map((part) => part.toWellFormed())
}

function jsonStrings(text: string): string[] {
  if (!/^[[{]/.test(text)) return []
  try {
    return stringsIn(JSON.parse(text)).filter((one) => one.length >= minLength && !/^https?:/.test(one))
  } catch {
    return []
  }
}

function stringsIn(json: unknown): string[] {
  if (typeof json === "string") return [json.toWellFormed()]
  return typeof json === "object" && json !== null ? Object.values(json).flatMap(stringsIn) : []
}
