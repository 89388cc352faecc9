import type { FoundRepository } from "./repository-look.ts"

/** For a repository that has its `envseal.yaml`. */
export const wayOfOneSetUp =
  "envseal init --update brings its files up to date, envseal env add NAME adds an environment"

/** Why somebody who answers all questions may do so in vain; `null` for a Laravel app that is not set up. */
export function placeWarning(around: FoundRepository): string | null {
  if (around.isSetUp) return `this repository is set up already: ${wayOfOneSetUp}`
  const fault = placeFault(around)
  return fault === null ? null : `this does not look like the top of a Laravel app's repository: ${fault}`
}

/** Why this is not the top of a Laravel app's repository; `null` where it is one, or nothing can tell. */
export function placeFault({ composer, broken, around: { apps } }: FoundRepository): string | null {
  if (broken.includes("composer.json")) return null
  if (composer !== null && composer.laravel !== null) return null
  if (apps.length > 0) return `the app is in ${apps.join(", ")}, not here`
  return composer === null
    ? "there is no composer.json here"
    : "composer.json does not require laravel/framework"
}
