import { expect, test } from "vitest"
import { heldBlank, withoutBreaks } from "../../src/cli/hint.ts"

const shown = (hint: string) => withoutBreaks(hint).replaceAll(heldBlank, "_")

test.each([
  ["a command after a colon", "make one: envseal init --yes", "make one: envseal_init_--yes"],
  ["the last of several colons", "look: it is there: aws s3 ls", "look: it is there: aws_s3_ls"],
  ["one without a colon", "see envseal seal --help", "see envseal seal --help"],
  ["a sentence after a colon", "write one: envseal init, or by hand", "write one: envseal init, or by hand"],
  ["a second clause after a colon", "log in: aws sso login; then again", "log in: aws sso login; then again"],
  ["a reason after a colon", "take it again: it was cut on the way", "take it again: it was cut on the way"],
  ["a variable and a command", "name one: EDITOR=nano envseal init", "name one: EDITOR=nano_envseal_init"],
  ["a colon within a word", "pass aws-kms:ARN or age1", "pass aws-kms:ARN or age1"],
])("of %s, just what is to be copied stays in one piece", (_, hint, kept) => {
  expect(shown(hint)).toBe(kept)
})
