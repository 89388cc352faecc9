import { Secret } from "../../src/core/secret.ts"
import { judgeReading } from "../../src/open/core/judge-reading.ts"
import type { ReadingProblem } from "../../src/open/core/reading.ts"
import { readingFacts } from "../../src/open/run/reading-facts.ts"
import { type FakePlace, fakeSurroundings } from "../fake/surroundings.ts"

/** The value that is opened. */
export const canary = "canary-3f9a"

/** How a secret is opened, and where. */
export interface Case extends FakePlace {
  readonly command?: string | readonly string[]
  readonly owner?: string
  readonly mode?: number
  readonly out?: string
  /** Give the values as variables. */
  readonly env?: true
  readonly values?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
}

export function problemsOf({
  command,
  owner,
  mode = 0o400,
  out = ".env",
  env,
  ...rest
}: Case): readonly ReadingProblem[] {
  const { values = { APP_KEY: canary }, environment = {}, ...place } = rest
  const world = fakeSurroundings(place)
  const planned = world.plan(out, mode, owner ?? null)
  const facts = readingFacts(
    {
      file: env ? null : { path: out, planned, isOwned: owner !== undefined },
      command: typeof command === "string" ? command.split(" ") : (command ?? null),
      values: new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])),
      inherited: environment,
    },
    world,
  )
  return judgeReading(facts)
}

/** Each problem as its verdict and code. */
export function told(one: Case): string[] {
  return problemsOf(one).map(({ verdict, code }) => `${verdict} ${code}`)
}

/** An app in the working directory. */
export const laravel = {
  "/app/artisan": "#!/usr/bin/env php",
  "/app/bootstrap/app.php": "<?php return app();",
}
