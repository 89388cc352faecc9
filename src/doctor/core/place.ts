import type { EnvironmentSettings } from "../../config/settings.ts"
import { edit, type Remedy } from "./remedy.ts"

/** That a setting of the environment shall be another one, at its place, or at the environment's when it has none. */
export function setTo(settings: EnvironmentSettings, path: string, value: unknown): Remedy {
  const place = settingPlace(settings, path)
  return edit(
    place,
    settings.places[path] === undefined ? `environments.${settings.name}.${path}` : path,
    value,
  )
}

/** Where a setting stands, or what it would stand in. */
export function settingPlace({ places, place }: EnvironmentSettings, path: string): string {
  return places[path] ?? place
}
