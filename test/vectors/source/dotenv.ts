import { claims, provenance } from "./claims.ts"
import { bytesOf } from "./forge.ts"
import { type Scenario, saying, scenario } from "./scenario.ts"

export const dotenvs: readonly Scenario[] = [
  scenario("dotenv_not_utf8", {
    expect: "dotenv failure",
    comment: "The text has a byte that UTF-8 does not.",
    text: bytesOf("APP_KEY=\xf6\n"),
  }),
  scenario("dotenv_malformed", {
    expect: "dotenv failure",
    comment: "A single quote is not closed.",
    text: "APP_KEY='hunter2\n",
  }),
  scenario("dotenv_unterminated", {
    expect: "dotenv failure",
    comment: "A double quote is not closed: phpdotenv drops it and what follows without a word.",
    text: 'APP_KEY="hunter2\nDB_PORT=3306\n',
  }),
  scenario("dotenv_duplicate_name", {
    expect: "dotenv failure",
    comment: "A name stands twice.",
    text: "APP_KEY=hunter2\nAPP_KEY=hunter3\n",
    ...saying(claims({ provenance: { ...provenance, names: 2 } })),
  }),
  scenario("dotenv_interpolation", {
    expect: "dotenv failure",
    comment: "A value would be replaced by the reader.",
    text: 'APP_KEY="${HOME}"\n',
  }),
  scenario("dotenv_unset_name", {
    expect: "dotenv failure",
    comment: "A name without a value, which unsets a variable.",
    text: "APP_KEY\n",
  }),
  scenario("dotenv_name_count", {
    expect: "dotenv failure",
    comment: "The text has one name, the provenance says two.",
    ...saying(claims({ provenance: { ...provenance, names: 2 } })),
  }),
]
