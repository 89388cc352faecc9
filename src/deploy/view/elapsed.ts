/** A span of time in whole seconds: `5s`, `1m 05s`, `1h 00m 05s`. What is below 0 counts as 0. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const s = whole % 60
  const m = Math.floor(whole / 60) % 60
  const h = Math.floor(whole / 3600)
  const two = (n: number) => String(n).padStart(2, "0")
  if (h > 0) return `${h}h ${two(m)}m ${two(s)}s`
  return m > 0 ? `${m}m ${two(s)}s` : `${s}s`
}
