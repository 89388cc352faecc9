/**
 * A pattern with classes of Unicode, made when it is first asked for, which `open` seldom does. V8 reads every pattern of a
 * file along with the file, and takes a millisecond for such classes.
 */
export function latePattern(source: string, flags: string): () => RegExp {
  let made: RegExp | undefined
  return () => {
    made ??= new RegExp(source, flags)
    return made
  }
}
