import { recipientName } from "../../../src/envelope/recipient.ts"
import { alice, bob, carol, quinn } from "../../fake/keys.ts"
import { claims, context, stanza } from "./claims.ts"
import { replaceOnce, stanzaText } from "./forge.ts"
import { forAlice, grease, type Scenario, scenario, sound } from "./scenario.ts"

export const recipients: readonly Scenario[] = [
  scenario("two_recipients", {
    expect: "success",
    comment: "The identity is for the second of two recipients.",
    identities: [bob.line],
    stanzas: [stanza(claims({ recipients: [forAlice, bob.recipient.text] })), forAlice, bob.recipient.text],
  }),
  scenario("two_identities", {
    expect: "success",
    comment: "The first identity opens nothing, the second one does.",
    identities: [carol.line, alice.line],
  }),
  scenario("pq_recipient", {
    expect: "success",
    comment: "ML-KEM-768 with X25519.",
    identities: [quinn.line],
    stanzas: [stanza(claims({ recipients: [await recipientName(quinn.recipient.text)] })), quinn.recipient.text],
  }),
  scenario("unknown_stanza", {
    expect: "success",
    comment: "A stanza of an unknown type is ignored.",
    stanzas: [sound, grease, forAlice],
  }),
  scenario("other_recipient", {
    expect: "no match",
    comment: "Sealed for somebody else.",
    identities: [carol.line],
  }),
  scenario("recipient_damaged", {
    expect: "HMAC failure",
    comment: "The header names our recipient, and its stanza does not give a file key.",
    edit: (file) => replaceOnce(file, /(?<=-> X25519 .*\n)./, (digit) => (digit === "A" ? "B" : "A")),
  }),
  scenario("recipient_retyped", {
    expect: "HMAC failure",
    comment: "The header names our recipient, and its stanza has another type.",
    edit: (file) => replaceOnce(file, "-> X25519 ", "-> X25518 "),
  }),
  scenario("recipient_removed", {
    expect: "HMAC failure",
    comment: "The header names our recipient, and its stanza is gone.",
    edit: (file) => replaceOnce(file, /-> X25519 .*\n.*\n/, ""),
  }),
  scenario("stanza_removed", {
    expect: "HMAC failure",
    comment: "A stanza that we do not need was removed after sealing.",
    stanzas: [sound, grease, forAlice],
    edit: (file) => replaceOnce(file, stanzaText(grease), ""),
  }),
  scenario("mac_context_swapped", {
    expect: "HMAC failure",
    comment: "A sound context stanza was put in the place of the sealed one, and the caller expects it.",
    context: "app=shop,environment=staging",
    edit: (file) =>
      replaceOnce(
        file,
        stanzaText(sound),
        stanzaText(stanza(claims({ context: { ...context, environment: "staging" } }))),
      ),
  }),
  scenario("mac_recipients_swapped", {
    expect: "HMAC failure",
    comment: "The recipients that the header names were changed after sealing.",
    edit: (file) => replaceOnce(file, stanzaText(sound), stanzaText(stanza(claims({ recipients: [] })))),
  }),
]
