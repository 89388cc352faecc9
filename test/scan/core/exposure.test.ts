import { expect, test } from "vitest"
import { exposureOf } from "../../../src/scan/core/exposure.ts"

test.each([
  ...[
    ".env",
    "app/.env",
    "app/.env.production",
    "srv/.env.local",
    ".env.age.production",
    ".env.gpg.bak",
    ".env.encoded",
  ],
])("%s is a plain .env", (path) => {
  expect(exposureOf(path)).toBe("a plain .env")
})

test.each([
  "app/.env.example",
  "app/.env.production.example",
  "app/.env.sealed",
  ".env.production.encrypted",
  ...["enc", "age", "gpg", "pgp", "asc", "sops", "vault"].map((end) => `.env.${end}`),
  ".env.production.age",
  ".env.dist",
  "app/.wh..env",
  "app/.environment",
  "app/env",
  ".env/bin/python",
  "bootstrap/cache/config.php.bak",
  "xbootstrap/cache/config.php",
])("%s may be there", (path) => {
  expect(exposureOf(path)).toBeNull()
})

test("Laravel's cached configuration is known by its path", () => {
  expect(exposureOf("var/www/bootstrap/cache/config.php")).toBe("Laravel's cached configuration")
  expect(exposureOf("bootstrap/cache/config.php")).toBe("Laravel's cached configuration")
})
