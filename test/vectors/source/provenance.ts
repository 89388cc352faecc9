import { claims, provenance } from "./claims.ts"
import { forAlice, type Scenario, saying, scenario } from "./scenario.ts"

export const provenances: readonly Scenario[] = [
  scenario("provenance_missing_member", {
    expect: "context failure",
    comment: "The provenance does not say when it was sealed.",
    ...saying(claims({ provenance: { envseal: "0.1.0", names: 1, sources: [] } })),
  }),
  scenario("provenance_unknown_member", {
    expect: "success",
    comment: "The provenance has a member of a later version.",
    ...saying(claims({ provenance: { ...provenance, runner: { kind: "later" } } })),
  }),
  scenario("provenance_source_no_type", {
    expect: "context failure",
    comment: "A source does not say of which type it is.",
    ...saying(claims({ provenance: { ...provenance, sources: [{ name: "APP_SECRET" }] } })),
  }),
  scenario("recipients_not_list", {
    expect: "context failure",
    comment: "The recipients are one text.",
    ...saying(claims({ recipients: forAlice })),
  }),
]
