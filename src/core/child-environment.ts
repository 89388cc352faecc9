/**
 * The variables that a program gets which is run on the way, such as git or a plugin for credentials: those of this
 * process, less what opens an envelope. Such a program runs whatever else it is set up with.
 */
export function childEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]): [string, string][] =>
      value === undefined || /^ENVSEAL_IDENTITY/i.test(name) ? [] : [[name, value]],
    ),
  )
}
