import { carol } from "../../fake/keys.ts"
import { type Scenario, scenario } from "./scenario.ts"

export const expectations: readonly Scenario[] = [
  scenario("expect_same", {
    expect: "success",
    comment: "The caller expects the sealed pairs, in another order.",
    context: "environment=production,app=shop",
  }),
  scenario("expect_other_environment", {
    expect: "context mismatch",
    comment: "The caller expects another value.",
    context: "app=shop,environment=staging",
  }),
  scenario("expect_missing_pair", {
    expect: "context mismatch",
    comment: "The caller expects a pair that the envelope does not have.",
    context: "app=shop,environment=production,region=eu",
  }),
  scenario("expect_extra_pair", {
    expect: "context mismatch",
    comment: "The envelope has a pair that the caller does not expect.",
    context: "app=shop",
  }),
  scenario("expect_before_key", {
    expect: "context mismatch",
    comment: "The caller expects something else, and its identity opens nothing: no key is used.",
    identities: [carol.line],
    context: "app=shop,environment=staging",
  }),
]
