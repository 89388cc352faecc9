import type { EnvironmentSettings } from "../../config/settings.ts"
import type { EnvironmentStatus } from "../core/status.ts"
import type { StatusPorts } from "./ports.ts"
import { StatusWatch } from "./watch.ts"

/** Looks at an environment once. What could not be asked is in the answer; what is asked in vain is not waited for. */
export async function lookAtEnvironment(
  settings: EnvironmentSettings,
  ports: StatusPorts,
): Promise<EnvironmentStatus> {
  const over = new AbortController()
  const { promise: found, resolve } = Promise.withResolvers<EnvironmentStatus>()
  const watching = new StatusWatch(settings, ports, resolve).run(over.signal)
  try {
    return await Promise.race([found, watching.then(() => found)])
  } finally {
    over.abort()
  }
}
