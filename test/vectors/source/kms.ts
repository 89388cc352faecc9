import type { Stanza } from "../../../src/envelope/header.ts"
import { claims, stanza } from "./claims.ts"
import { replaceOnce, stanzaText } from "./forge.ts"
import { forAlice, type Plan, type Scenario, scenario } from "./scenario.ts"

const arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

function kmsStanza(args: readonly string[], body: Uint8Array = Buffer.from("a ciphertext of KMS")): Stanza {
  return { type: "envseal/aws-kms", args, body }
}

/** An envelope for a KMS key and for Alice, whose KMS stanza is this. */
function wrapped(kms: Stanza): Pick<Plan, "stanzas"> {
  return { stanzas: [stanza(claims({ recipients: [`aws-kms:${arn}`, forAlice] })), kms, forAlice] }
}

export const kmsKeys: readonly Scenario[] = [
  scenario("kms_beside_age", {
    expect: "success",
    comment: "An identity opens what is sealed for a KMS key too.",
    ...wrapped(kmsStanza([arn])),
  }),
  scenario("kms_no_arn", {
    expect: "header failure",
    comment: "A KMS stanza without an argument.",
    ...wrapped(kmsStanza([])),
  }),
  scenario("kms_alias", {
    expect: "header failure",
    comment: "A KMS stanza that names an alias.",
    ...wrapped(kmsStanza([arn.replace(/key\/.*/, "alias/shop")])),
  }),
  scenario("kms_extra_argument", {
    expect: "header failure",
    comment: "A KMS stanza with two arguments.",
    ...wrapped(kmsStanza([arn, "x"])),
  }),
  scenario("kms_empty", {
    expect: "header failure",
    comment: "A KMS stanza without a ciphertext.",
    ...wrapped(kmsStanza([arn], new Uint8Array())),
  }),
  scenario("kms_too_long", {
    expect: "header failure",
    comment: "A KMS stanza with more than KMS ever answers.",
    ...wrapped(kmsStanza([arn], new Uint8Array(6145))),
  }),
  scenario("kms_removed", {
    expect: "HMAC failure",
    comment: "The header names a KMS key, and its stanza is gone.",
    ...wrapped(kmsStanza([arn])),
    edit: (file) => replaceOnce(file, stanzaText(kmsStanza([arn])), ""),
  }),
]
