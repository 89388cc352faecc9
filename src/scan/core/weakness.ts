const minDifferent = 4
const maxNumberLength = 15

/** Values that stand in every image, whatever they mean in this secret. */
const words = new Set(
  [
    "true (true) false (false) null (null) empty (empty) none undefined default enabled disabled",
    "production development staging testing preview local localhost localhost.localdomain example.com",
    "laravel homestead database postgres postgresql sqlite mysql mariadb memcached redis dynamodb",
    "sendmail mailhog mailpit mailgun postmark failover stderr stack single syslog errorlog papertrail",
    "emergency critical warning username password changeme administrator eu-central-1 utf8mb4",
    "utf8mb4_unicode_ci utf8mb4_general_ci utf8mb4_0900_ai_ci aes-128-cbc aes-256-cbc aes-128-gcm aes-256-gcm",
    "127.0.0.1 0.0.0.0 255.255.255.255 host.docker.internal",
  ].flatMap((line) => line.split(" ")),
)

/** AWS Regions and the time zones of the tz database. */
const places =
  /^(?:[a-z]{2}(?:-[a-z]+){1,2}-\d|(?:africa|america|asia|atlantic|australia|europe|pacific)\/[a-z_/-]+)$/

/**
 * Why a value is not looked for: it would be found in any image, or a find would say nothing. `null` when it is
 * looked for.
 *
 * @returns words that follow a name, such as `is a number`.
 */
export function weakness(value: string, minLength: number): string | null {
  if (value === "") return "is empty"
  if ([...value].length < minLength) return `is shorter than ${minLength} characters`
  if (words.has(value.toLowerCase()) || places.test(value.toLowerCase())) return "is a common word"
  if (value.length <= maxNumberLength && /^[+-]?[\d.,_]+$/.test(value)) return "is a number"
  if (new Set(value).size < minDifferent) return `has fewer than ${minDifferent} different characters`
  return null
}
