/** A value as one line of JSON. Node's readline ends a line at U+2028 and U+2029 too, which JSON has as they are. */
export function jsonLine(value: unknown): string {
  const json = JSON.stringify(value)
  return `${json.replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)}\n`
}
