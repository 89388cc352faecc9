import { canonicalJson } from "../../../src/envelope/canonical-json.ts"
import { claims, stanza } from "./claims.ts"
import { bytesOf, replaceOnce } from "./forge.ts"
import { forAlice, type Scenario, saying, scenario, sound } from "./scenario.ts"

export const contexts: readonly Scenario[] = [
  scenario("context_missing", {
    expect: "context failure",
    comment: "An age file without a context stanza.",
    stanzas: [forAlice],
  }),
  scenario("context_duplicate", {
    expect: "context failure",
    comment: "The context stanza stands twice.",
    stanzas: [sound, sound, forAlice],
  }),
  scenario("context_misplaced", {
    expect: "context failure",
    comment: "The context stanza is not the first.",
    stanzas: [forAlice, sound],
  }),
  scenario("context_version_2", {
    expect: "version unsupported",
    comment: "A context stanza of a later version.",
    stanzas: [stanza(claims(), ["v2"]), forAlice],
  }),
  scenario("context_no_version", {
    expect: "version unsupported",
    comment: "A context stanza without an argument.",
    stanzas: [stanza(claims(), []), forAlice],
  }),
  scenario("context_extra_argument", {
    expect: "version unsupported",
    comment: "A context stanza with an argument after its version.",
    stanzas: [stanza(claims(), ["v1", "x"]), forAlice],
  }),
  scenario("context_not_utf8", {
    expect: "context failure",
    comment: "The body has a byte that UTF-8 does not.",
    ...saying(bytesOf(canonicalJson(claims()).replace("shop", "sh\xf6p"))),
  }),
  scenario("context_not_json", {
    expect: "context failure",
    comment: "The body is cut JSON.",
    ...saying(canonicalJson(claims()).slice(0, -1)),
  }),
  scenario("context_not_canonical_order", {
    expect: "context failure",
    comment: "Members are not in the order of their code units.",
    ...saying(
      replaceOnce(
        canonicalJson(claims()),
        '"app":"shop","environment":"production"',
        '"environment":"production","app":"shop"',
      ),
    ),
  }),
  scenario("context_not_canonical_blanks", {
    expect: "context failure",
    comment: "There is a blank between two members.",
    ...saying(replaceOnce(canonicalJson(claims()), ',"provenance"', ', "provenance"')),
  }),
  scenario("context_not_canonical_escape", {
    expect: "context failure",
    comment: "A character is escaped that need not be.",
    ...saying(replaceOnce(canonicalJson(claims()), "shop", "\\u0073hop")),
  }),
  scenario("context_not_canonical_number", {
    expect: "context failure",
    comment: "An integer is written with an exponent.",
    ...saying(replaceOnce(canonicalJson(claims()), '"names":1', '"names":1e0')),
  }),
  scenario("context_duplicate_member", {
    expect: "context failure",
    comment: "A pair stands twice.",
    ...saying(replaceOnce(canonicalJson(claims()), '"app":"shop"', '"app":"shop","app":"shop"')),
  }),
  scenario("context_extra_member", {
    expect: "context failure",
    comment: "The body has a fourth member.",
    ...saying(claims({ note: "x" })),
  }),
  scenario("context_value_not_string", {
    expect: "context failure",
    comment: "The value of a pair is a number.",
    ...saying(claims({ context: { app: 1 } })),
  }),
  scenario("context_bad_name", {
    expect: "context failure",
    comment: "The name of a pair has a blank.",
    ...saying(claims({ context: { "my app": "shop" } })),
  }),
  scenario("context_case_alone", {
    expect: "context failure",
    comment: "The names of two pairs differ in case alone.",
    ...saying(claims({ context: { App: "shop", app: "shop" } })),
  }),
  scenario("context_bad_value", {
    expect: "context failure",
    comment: "The value of a pair has a star, which policies take for a pattern.",
    ...saying(claims({ context: { app: "*" } })),
  }),
  scenario("context_nine_pairs", {
    expect: "context failure",
    comment: "There are more than eight pairs.",
    ...saying(claims({ context: Object.fromEntries([..."abcdefghi"].map((name) => [name, "x"])) })),
  }),
  scenario("context_empty", {
    expect: "success",
    comment: "There are no pairs.",
    ...saying(claims({ context: {} })),
  }),
]
