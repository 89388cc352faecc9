import * as was from "./outcomes.ts"
import type { RunMistake } from "./rows.ts"

const { usage } = was

const noTerminal = usage(
  "there is no terminal to edit on",
  "change single names with envseal secret set, or take over a file: envseal secret import",
)

/** Of the commands that look at the secret or change it. */
export const secretRunMistakesOf: Readonly<Record<string, readonly RunMistake[]>> = {
  "secret names": [
    ["nowhere", "secret names production", was.noSettings],
    ["laptop", "secret names prodution", was.unknownEnvironment("prodution")],
    ["laptop", "secret names local", was.lacksSettings("local", "secret")],
    ["laptop", "secret names production", was.noCredentials],
    ["nobody", "secret names production", was.deniedSecret("DescribeSecret")],
    ["build", "secret names staging", was.noSuchSecretYet("shop/staging")],
  ],
  "secret edit": [
    ["nowhere", "secret edit production", noTerminal],
    ["laptop", "secret edit production", noTerminal],
    ["build", "secret edit production", noTerminal],
  ],
  "secret set": [
    ["nowhere", "secret set production APP_KEY", was.nobodyToAskValue],
    ["build", "secret set production APP-KEY", was.noName],
    [
      "build",
      "secret set production PATH",
      usage(
        "PATH could change which code the process runs",
        "choose another name: docs/format.md lists those that are refused",
      ),
    ],
    ["build", "secret set production MAIL_PASSWORD", was.nobodyToAskValue],
    [
      "build",
      "secret set production APP_KEY --generate laravel",
      usage(
        "--generate: laravel is refused",
        "write laravel-key, uuid, hex:32, base64:32 or password:24; 8 bytes or 12 characters at least",
      ),
    ],
    ["laptop", "secret set production APP_KEY --generate laravel-key", was.noCredentials],
  ],
  "secret unset": [
    ["nowhere", "secret unset production APP_KEY", was.noSettings],
    ["laptop", "secret unset production APP_KEY", was.noCredentials],
    ["build", "secret unset production APPKEY", was.lacksName("APPKEY")],
    ["build", "secret unset production APP_KEY", was.nobodyToAsk],
  ],
  "secret rename": [
    ["nowhere", "secret rename production A B", was.noSettings],
    ["build", "secret rename production DB_PASS DB_PASSWORD", was.lacksName("DB_PASS")],
    [
      "build",
      "secret rename production APP_KEY DB_PASSWORD",
      usage(
        "the secret shop/production has DB_PASSWORD already",
        "choose another name, or take that one out with its value: envseal secret unset production DB_PASSWORD",
      ),
    ],
    [
      "build",
      "secret rename production APP_KEY APP_KEY",
      usage("both names are the same", "write the new name last"),
    ],
    ["build", "secret rename production APP_KEY APP-KEY", was.noName],
  ],
  "secret import": [
    ["nowhere", "secret import production dotenv:.env", was.noSettings],
    ["nowhere", "secret import production dotenv:.env --yes", was.noSettings],
    ["build", "secret import production dotenv:missing.env --yes", was.noSuchFile("missing.env")],
    [
      "build",
      "secret import production plain.env",
      usage('source: "plain.env" is not a source', "write dotenv:plain.env"),
    ],
    ["build", "secret import production dotenv:plain.env --replace", was.nobodyToAsk],
    ["build", "secret import production file:broken.json --yes", was.brokenJson],
  ],
  "secret versions": [
    ["nowhere", "secret versions production", was.noSettings],
    ["laptop", "secret versions production", was.noCredentials],
    ["nobody", "secret versions production", was.deniedSecret("ListSecretVersionIds")],
    ["build", "secret versions staging", was.noSuchSecret("shop/staging")],
  ],
  "secret restore": [
    ["nowhere", "secret restore production AWSPREVIOUS", was.noSettings],
    ["build", "secret restore production 12345678", was.noVersion],
    ["build", "secret restore production AWSPENDING", was.noVersion],
    ["build", "secret restore production AWSPREVIOUS", was.nobodyToAsk],
  ],
  "secret diff": [
    ["nowhere", "secret diff production staging", was.noSettings],
    ["build", "secret diff production stagin", was.unknownEnvironment("stagin", "staging")],
    ["build", "secret diff production staging", was.noSuchSecretYet("shop/staging")],
  ],
}
