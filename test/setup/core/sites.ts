import fc from "fast-check"
import { newSite } from "../../../src/setup/core/site.ts"

/** What only the example is called. */
export const exampleNames = /\bshop\b|111122223333|eu-west-1|1234abcd|production|staging|cluster-name main\b/

/** Names that are easily taken for something else by YAML. */
const odd = ["no", "y", "on", "null", "123", "1e3", "0x1f", "0o17", "true", "1-2", "2026-01-01", "0123", "a"]
const text = (pattern: RegExp) => fc.stringMatching(pattern).filter((name) => !exampleNames.test(name))
const appNames = fc.oneof(
  fc.constantFrom(...odd, "My_Shopping.App", "9-lives", "a".repeat(32)),
  text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/),
)
const labels = fc.oneof(fc.constantFrom(...odd), text(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/))
const kmsKeys = text(/^[0-9a-f]{8}$/).map((id) => `arn:aws:kms:us-east-2:444455556666:key/mrk-${id}`)

/** Environments with names that a user may choose, none of which is the example's. */
export const oddSites = fc
  .record({
    app: appNames,
    environment: fc.oneof(fc.constantFrom(...odd), text(/^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$/)),
    region: fc.constantFrom("us-east-2", "cn-north-1", "us-gov-west-1"),
    kmsKey: fc.option(kmsKeys),
    eks: fc.option(text(/^[0-9A-Za-z][A-Za-z0-9_-]{0,30}$/)),
    namespace: labels,
    serviceAccount: labels.filter((name) => /^[a-z]/.test(name)),
  })
  .map(({ app, environment, region, ...given }) =>
    newSite({ app, environment, account: "444455556666", region }, given),
  )
