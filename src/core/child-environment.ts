type Variables = Readonly<Record<string, string | undefined>>

/**
 * The variables that a program gets which is run on the way, such as git or a plugin for credentials: those of this
 * process, less what opens an envelope. Such a program runs whatever else it is set up with.
 */
export function childEnvironment(own: Variables): Record<string, string> {
  return without(/^ENVSEAL_IDENTITY/i, own)
}

/** The same for a program that has nothing to ask of AWS, such as an editor: less the credentials too. */
export function detachedEnvironment(own: Variables): Record<string, string> {
  return without(
    /^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CONTAINER_AUTHORIZATION_TOKEN)$/i,
    childEnvironment(own),
  )
}

function without(left: RegExp, own: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]): [string, string][] =>
      value === undefined || left.test(name) ? [] : [[name, value]],
    ),
  )
}
