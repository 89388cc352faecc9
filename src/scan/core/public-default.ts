/**
 * What Laravel, in its `.env.example` and its configuration, and what images of PHP ship for everybody, word for word.
 * They stand in every image, and no secret can be equal to one by accident.
 */
const shipped = new Set([
  // .env.example, Laravel 5 to 12
  "phpredis",
  "hello@example.com",
  "mt1.pusher.com",
  "smtp.mailtrap.io",
  "sandbox.smtp.mailtrap.io",
  "smtp.mailgun.org",
  // config/*.php, Laravel 5 to 12
  "api-mt1.pusher.com",
  "api.mailgun.net",
  "laravel_session",
  "laravel-session",
  "laravel_cache",
  "laravel_cache_",
  "laravel-cache",
  "laravel-cache-",
  "laravel_database_",
  "laravel-database-",
  "https://sqs.us-east-1.amazonaws.com/your-account-id",
  "/usr/sbin/sendmail -bs -i",
  "/usr/sbin/sendmail -bs",
  "/usr/sbin/sendmail -t -i",
  "App\\Models\\User",
  "App\\User",
  "password_reset_tokens",
  "password_resets",
  "cache_locks",
  "failed_jobs",
  "job_batches",
  "sessions",
  "database-uuids",
  "Laravel Log",
  "Monolog\\Handler\\StreamHandler",
  "Monolog\\Handler\\SyslogUdpHandler",
  "argon2id",
  // images of PHP
  "/var/www/html",
  "/var/www/html/public",
  "php://stderr",
  "php://stdout",
])

/** The machine itself, with nothing in the address that could be secret. */
const loopback = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d{1,5})?\/?$/

/** Another name's value, as `.env.example` refers to it. */
const reference = /^\$\{[A-Z][A-Z0-9_]*\}$/

/** What is a credential is looked for even when it is a default: then it is no good one. */
const credential = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|DSN/i

/** Whether the value is one that everybody has who uses the framework, so that finding it says nothing. */
export function isPublicDefault(name: string, value: string): boolean {
  if (reference.test(value)) return true
  return !credential.test(name) && (shipped.has(value) || loopback.test(value))
}
