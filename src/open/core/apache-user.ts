import type { Environment } from "../../ports/runtime.ts"
import { type UserChange, userInGroup } from "./user-change.ts"

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
 * @returns `null` when nothing says it.
 */
export function apacheUser(seen: Environment, texts: readonly string[]): UserChange | null {
  const user = settingOf("User", seen, texts)
  return user === null ? null : userInGroup(user, settingOf("Group", seen, texts))
}

function settingOf(name: "User" | "Group", seen: Environment, texts: readonly string[]): string | null {
  const variable = `APACHE_RUN_${name.toUpperCase()}`
  const set = seen[variable]
  if (set) return withoutMark(set)
  const pattern = new RegExp(
    `^[ \\t]*(?:(?:export[ \\t]+|:[ \\t]+"?\\$\\{)?${variable}:?=["']?([\\w#-]+)|${name}[ \\t]+"?([\\w#-]+))`,
    "m",
  )
  for (const text of texts) {
    const [, inVariables, inSettings] = pattern.exec(text) ?? []
    const found = inVariables ?? inSettings
    if (found !== undefined) return withoutMark(found)
  }
  return null
}

/** `#33` is the user or group of that number. */
function withoutMark(name: string): string {
  return name.replace(/^#/, "")
}
