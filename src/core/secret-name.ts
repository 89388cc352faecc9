/** Words of a name that stand for a secret. */
const secretWords = new Set(
  "PASSWORD PASSWD PASS PWD PASSPHRASE SECRET SECRETS TOKEN TOKENS KEY APIKEY CREDENTIAL CREDENTIALS DSN SALT PRIVATE".split(
    " ",
  ),
)

/** Last words of a name whose value is about a secret, and is none: its place, its kind, how long it is good for. */
const aboutWords = new Set(
  "ALGORITHM DIR EXPIRATION EXPIRE FILE FORMAT HEADER HOST ID LENGTH LIFETIME NAME PATH PREFIX SERVER TIMEOUT TTL TYPE URL VERSION".split(
    " ",
  ),
)

/** What goes to every visitor, and so is no secret. */
const publicPattern =
  /^(?:VITE|MIX|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP)_|(?:^|_)(?:PUBLIC|PUBLISHABLE|GPG|SSH_HOST)(?:_|$)/

/** Whether a variable of that name is likely to hold a secret: `DB_PASSWORD`, not `DB_HOST` nor `VITE_PUSHER_KEY`. */
export function isSecretName(name: string): boolean {
  const upper = name.toUpperCase()
  const words = upper.split(/[_.-]/)
  if (upper === "PWD" || upper === "OLDPWD" || publicPattern.test(upper)) return false
  return !aboutWords.has(words.at(-1) ?? "") && words.some((word) => secretWords.has(word))
}

/** Whether a value is one: not empty, and not a word for nothing. */
export function isGivenValue(value: string): boolean {
  return !/^(?:|null|\(null\)|empty|\(empty\)|true|false)$/i.test(value.trim())
}

/**
 * The names in a text of `.env` that have a value and are likely to hold a secret.
 *
 * @param countsReferences whether `DB_PASSWORD=$DB_PASSWORD` is one: where a shell or a build replaces it.
 */
export function secretNamesIn(text: string, countsReferences: boolean): readonly string[] {
  const names = [
    ...text.matchAll(/^[ \t]*(?:export[ \t]+)?["']?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$/gm),
  ]
    .filter(([, name = "", value = ""]) => isSecretName(name) && isValue(plainValue(value), countsReferences))
    .map(([, name = ""]) => name)
  return [...new Set(names)]
}

function plainValue(written: string): string {
  const [, , quoted] = /^(["'])(.*?)\1/.exec(written) ?? []
  return quoted ?? written.replace(/[ \t]+#.*$/, "").replace(/["']$/, "")
}

function isValue(value: string, countsReferences: boolean): boolean {
  const isReference = /^(?:\$\{?\w+\}?)+$/.test(value)
  return isGivenValue(value) && (countsReferences || !isReference)
}
