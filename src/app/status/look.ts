import type { EnvironmentSettings } from "../../config/settings.ts"
import type { StatusPorts } from "./ports.ts"
import type { EnvironmentStatus } from "./status.ts"
import { StatusWatch } from "./watch.ts"

/** Looks at an environment once. What could not be asked is in the answer. */
export async function look(settings: EnvironmentSettings, ports: StatusPorts): Promise<EnvironmentStatus> {
  const over = new AbortController()
  let found: EnvironmentStatus | null = null
  const watch = new StatusWatch(settings, ports, (status) => {
    found ??= status
    over.abort()
  })
  await watch.run(over.signal)
  if (found === null) throw new Error("a look that ends has found something")
  return found
}
