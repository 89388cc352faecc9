import type { Environment } from "../../ports/runtime.ts"

/** Where the packages of Apache say who runs its processes: Debian's, Alpine's, the official image's, Fedora's. */
export const apacheFiles: readonly string[] = [
  "/etc/apache2/envvars",
  "/etc/apache2/httpd.conf",
  "/usr/local/apache2/conf/httpd.conf",
  "/etc/httpd/conf/httpd.conf",
]

/**
 * Who Apache runs the app as.
 *
 * @param texts of {@link apacheFiles} that are there, in their order.
 * @returns a name or a number; `null` when nothing says it.
 */
export function apacheUser(seen: Environment, texts: readonly string[]): string | null {
  const set = seen["APACHE_RUN_USER"]
  if (set) return withoutMark(set)
  for (const text of texts) {
    const [, inVariables, inSettings] =
      /^[ \t]*(?:(?:export[ \t]+|:[ \t]+"?\$\{)?APACHE_RUN_USER:?=["']?([\w#-]+)|User[ \t]+"?([\w#-]+))/m.exec(
        text,
      ) ?? []
    const user = inVariables ?? inSettings
    if (user !== undefined) return withoutMark(user)
  }
  return null
}

/** `#33` is the user of that number. */
function withoutMark(user: string): string {
  return user.replace(/^#/, "")
}
