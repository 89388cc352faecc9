import { containers } from "./container.ts"
import { contexts } from "./context.ts"
import { dotenvs } from "./dotenv.ts"
import { expectations } from "./expectation.ts"
import { kmsKeys } from "./kms.ts"
import { payloads } from "./payload.ts"
import { provenances } from "./provenance.ts"
import { recipients } from "./recipient.ts"
import type { Scenario } from "./scenario.ts"

export const scenarios: readonly Scenario[] = [
  ...containers,
  ...recipients,
  ...kmsKeys,
  ...contexts,
  ...provenances,
  ...payloads,
  ...dotenvs,
  ...expectations,
]
