/** Milliseconds since some moment before; never goes back. Both runtimes take longer to load `performance`. */
export function nowMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
