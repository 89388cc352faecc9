import { expect, test } from "vitest"
import { baseOf, isOwnLabel, labelFor, roleOf } from "../../src/secret/core/label.ts"

const id = "12345678-0000-4000-8000-000000000000"
const now = new Date("2026-01-02T03:04:05.678Z")

test.each([
  ["a UUID", "00000000-0000-4000-8000-000000000001"],
  ["Terraform's", "terraform-20260102030405678900000001"],
  ["one with other characters", "release 2026.01.02/shop:production+é"],
])("a version that was made from one whose id is %s is a draft, and tells from which", (_, base) => {
  const labels = [labelFor(id, base, now)]
  expect(labels.filter(isOwnLabel)).toEqual(labels)
  expect(roleOf({ versionId: id, labels, createdAt: null })).toBe("draft")
  expect(baseOf({ versionId: id, labels, createdAt: null })).toBe(base)
})

test.each([
  "AWSCURRENT",
  "envseal-x",
  "envseal-20260102T030405Z-12345678-from-short",
  "our-envseal-20260102T030405Z-12345678-from-none",
])("the label %s is somebody else's", (label) => {
  expect(isOwnLabel(label)).toBe(false)
})
