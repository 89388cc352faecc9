/** Whether it can stand in an `Authorization` header. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}
