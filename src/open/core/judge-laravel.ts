import { isKnownReader, type ReadingFacts, type ReadingProblem } from "./reading.ts"

/** Whether Laravel looks at the file at all. */
export function judgeLaravel(facts: ReadingFacts): readonly ReadingProblem[] {
  return [...judgeCache(facts), ...judgeOtherFile(facts), ...judgePlace(facts)]
}

function judgeCache(facts: ReadingFacts): ReadingProblem[] {
  const { app, cachedConfig } = facts
  if (cachedConfig === null || app?.rebuildsCache) return []
  return [
    {
      verdict: isKnownReader(facts) ? "refused" : "warned",
      code: "CONFIG_CACHED",
      name: cachedConfig,
      reason: "is Laravel's cached configuration: with it, no .env and no variable is read",
      remedy:
        "remove it in the build (php artisan config:clear), and cache after open: php artisan config:cache",
    },
  ]
}

function judgeOtherFile(facts: ReadingFacts): ReadingProblem[] {
  const { otherFile, planned, target, laravel, app } = facts
  if (otherFile === null || planned === null) return []
  const isLaravel = laravel === null ? app?.kind === "artisan" : !laravel.choosesFile
  return [
    {
      verdict: isKnownReader(facts) && isLaravel ? "refused" : "warned",
      code: "OTHER_FILE",
      name: otherFile,
      reason: `is there, and Laravel reads it in place of ${target}`,
      remedy: "leave it out of the image (.dockerignore), or unset APP_ENV",
    },
  ]
}

function judgePlace({ app, laravel, planned, target, otherFile }: ReadingFacts): ReadingProblem[] {
  if (app === null || app.kind === "plain" || planned === null || laravel === null || otherFile !== null)
    return []
  if (laravel.readsTarget || laravel.choosesFile) return []
  return [
    {
      verdict: "warned",
      code: "OTHER_PLACE",
      name: target,
      reason: `is not where the app in ${laravel.path} looks: it reads ${laravel.path}/.env`,
      remedy: `write there, or make that a link: ln -s ${planned.path} ${laravel.path}/.env`,
    },
  ]
}
