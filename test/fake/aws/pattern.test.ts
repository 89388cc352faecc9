import { expect, test } from "vitest"
import { formatArn, knownArn, parseArn } from "./arn.ts"
import { matchesArn, matchesPattern } from "./pattern.ts"

test.each([
  ["*", "", true],
  ["*", "anything:at/all", true],
  ["kms:De*", "kms:Decrypt", true],
  ["kms:De*", "kms:Encrypt", false],
  ["a?c", "abc", true],
  ["a?c", "ac", false],
  ["a?c", "abbc", false],
  ["a.c", "abc", false],
  ["a+(b)[c]{1}$^|", "a+(b)[c]{1}$^|", true],
  ["shop/*", "shop/\nline", true],
  ["shop", "Shop", false],
  ["secret:shop-??????", "secret:shop-AbCdEf", true],
  ["secret:shop-??????", "secret:shop-staging-AbCdEf", false],
])("the pattern %j and the text %j match: %j", (pattern, text, expected) => {
  expect(matchesPattern(pattern, text)).toBe(expected)
})

test.each([
  ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:role/path/app", true],
  ["arn:aws:iam::*:role/app", "arn:aws:iam::111122223333:role/app", true],
  ["arn:aws:iam:*role/app", "arn:aws:iam::111122223333:role/app", false],
  ["*", "arn:aws:iam::111122223333:role/app", false],
  ["arn:aws:iam::111122223333:role/app", "app", false],
])("a star of the ARN pattern %j stays within its part, so that %j matches: %j", (pattern, arn, expected) => {
  expect(matchesArn(pattern, arn)).toBe(expected)
})

test("an ARN is read into its parts and written back the same", () => {
  const text = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a:b-AbCdEf"
  expect(knownArn(text)).toEqual({
    ...{ service: "secretsmanager", region: "eu-west-1", account: "111122223333" },
    resource: "secret:a:b-AbCdEf",
  })
  expect(formatArn(knownArn(text))).toBe(text)
})

test.each(["", "alias/envseal", "arn:aws:kms:eu-west-1", "arn:aws-cn:kms:cn-north-1:111122223333:key/1"])(
  "%j is no ARN of this partition",
  (text) => {
    expect(parseArn(text)).toBeNull()
    expect(() => knownArn(text)).toThrow("is no ARN")
  },
)
