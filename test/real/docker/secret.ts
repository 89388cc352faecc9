import { createHash } from "node:crypto"

// More than a page of memory.
const longKey = Array.from({ length: 80 }, (_, at) =>
  createHash("sha256").update(`key ${at}`).digest("hex"),
).join("")

/**
 * A secret with all that is easily broken on the way: quotes of both kinds, `$`, `#`, backslashes, line ends,
 * unicode, white space at the ends, and what looks like something else.
 */
export const secret: Readonly<Record<string, string>> = {
  APP_NAME: 'Käse & Brot 🧀 "Shop" <b>\'s',
  APP_KEY: "base64:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
  DB_HOST: "db.internal.example",
  DB_PASSWORD: 'it\'s $5 "today" #1 \\n ${HOME} `id` %41',
  MAIL_FROM_NAME: "  two spaces before and a tab after\t",
  MAIL_PASSWORD: "#starts=with-a-hash\\",
  PAYMENT_PRIVATE_KEY:
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIHJ1bm5pbmcgb3V0IG9mIGlkZWFz\n'\"$x\\\n-----END PRIVATE KEY-----\n",
  PAYMENT_WEBHOOK_SECRET: "whsec_9f8e7d6c5b4a39281706",
  SEARCH_API_KEY: "0012345678901234567890.10",
  SERVICE_ACCOUNT: JSON.stringify({ type: "service_account", private_key: longKey }),
  SIGNATURE: '日本語のパスワード\u00a0\u2028mit Umbruch\n\nund = Zeichen; $(reboot) \\\\ \\"',
}
