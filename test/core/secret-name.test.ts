import { expect, test } from "vitest"
import { isGivenValue, isSecretName } from "../../src/core/secret-name.ts"

test.each(
  "APP_KEY DB_PASSWORD AWS_SECRET_ACCESS_KEY MAIL_PASSWORD STRIPE_SECRET GITHUB_TOKEN SENTRY_DSN REDIS_PASSWORD PUSHER_APP_SECRET jwt.secret api-token PASSPORT_PRIVATE_KEY DB_PASS".split(
    " ",
  ),
)("%s is likely to hold a secret", (name) => {
  expect(isSecretName(name)).toBe(true)
})

test.each(
  "APP_NAME DB_HOST DB_PORT PWD OLDPWD GPG_KEYS GPG_KEY PHP_SHA256 VITE_PUSHER_APP_KEY MIX_API_TOKEN NEXT_PUBLIC_KEY PASSPORT_PUBLIC_KEY AWS_ACCESS_KEY_ID JWT_KEY_PATH TOKEN_TTL KEYBOARD COMPASS STRIPE_PUBLISHABLE_KEY DB_PASSWORD_FILE".split(
    " ",
  ),
)("%s is not", (name) => {
  expect(isSecretName(name)).toBe(false)
})

test.each(["", " ", "null", "(null)", "true", "False", "(empty)"])("%j is no value", (value) => {
  expect(isGivenValue(value)).toBe(false)
})

test("anything else is one", () => {
  expect(["x", "nullable", "0"].every(isGivenValue)).toBe(true)
})
