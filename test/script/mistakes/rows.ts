import * as was from "./outcomes.ts"
import type { PlaceName } from "./places.ts"

const { usage } = was

/** What is typed, where, and how it ends. RECIPIENT stands for one. */
export type RunMistake = readonly [place: PlaceName, line: string, outcome: was.Outcome]

const to = "-r RECIPIENT -c app=shop"
const here = "--expect app=shop,environment=test"
const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${"0".repeat(64)}`

/** What goes wrong where a command line is right. Mistakes in the line itself are in test/cli/mistakes.ts. */
export const runMistakesOf: Readonly<Record<string, readonly RunMistake[]>> = {
  seal: [
    ["nowhere", "seal production", was.noSettings],
    ["nowhere", `seal --from file:secret.json ${to}`, was.noSuchFile("secret.json")],
    ["files", "seal --from file:secret.json -c app=shop", was.noRecipient],
    [
      "files",
      "seal --from file:secret.json -r age1xmwwc -c app=shop",
      usage(
        '--recipient: malformed recipient "age1xmwwc"',
        "a recipient is age1… or age1pq1…, as envseal keygen and age-keygen print it, or aws-kms:ARN",
      ),
    ],
    [
      "files",
      "seal --from file:secret.json -r recipients.txt -c app=shop",
      usage(
        '--recipient: malformed recipient "recipients.txt"',
        "a recipient is age1… or age1pq1…, as envseal keygen and age-keygen print it, or aws-kms:ARN; a file of recipients is given with --recipients-file",
      ),
    ],
    [
      "files",
      `seal secret.json ${to}`,
      usage("<environment> of seal: secret.json is none", "give a source with --from file:secret.json"),
    ],
    ["files", `seal --from file:broken.json ${to}`, was.brokenJson],
    [
      "files",
      `seal --from secret.json ${to}`,
      usage('--from: "secret.json" is not a source', "write file:secret.json"),
    ],
    [
      "files",
      `seal --from file:secret.json --require .env.example ${to}`,
      {
        status: 4,
        message: "1 name cannot be sealed [SECRET_REFUSED]",
        hint: "correct these in file:secret.json and run again; nothing was written; what the app can do without is excepted in envseal.yaml (require.except)",
      },
    ],
    [
      "files",
      `seal --from file:nested.json ${to}`,
      {
        status: 4,
        message: "1 name cannot be sealed [SECRET_REFUSED]",
        hint: "correct these in file:nested.json and run again; nothing was written; --nested json seals such a value as the text of its JSON",
      },
    ],
    ["laptop", "seal prodution", was.unknownEnvironment("prodution")],
    ["laptop", "seal local", was.lacksSettings("local", "seal")],
    ["laptop", "seal production", was.noCredentials],
    ["nobody", "seal production", was.deniedSecret("GetSecretValue")],
    ["build", "seal production --region eu-central-1", was.noSuchSecret("shop/production", "eu-central-1")],
    ["build", "seal staging", was.noSuchSecret("shop/staging")],
  ],
  check: [
    ["nowhere", "check production", was.noSettings],
    [
      "files",
      "check .env",
      usage("<environment> of check: .env is none", "give a source with --from dotenv:.env"),
    ],
    [
      "files",
      "check aws-sm:shop/production",
      usage(
        "<environment> of check: aws-sm:shop/production is none",
        "give a source with --from aws-sm:shop/production",
      ),
    ],
    // It may be a value, and is not shown.
    ["files", "check wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", was.noSettings],
    ["files", "check --from file:missing.json", was.noSuchFile("missing.json")],
    [
      "files",
      "check --from file:list.json",
      { ...was.brokenJson, message: "file:list.json is a JSON array, not an object [SECRET_MALFORMED]" },
    ],
    [
      "files",
      "check --from env:APP_SECRET",
      {
        status: 4,
        message: "the environment variable APP_SECRET is not set [SOURCE_MISSING]",
        hint: "set it, in a buildspec under env: variables or secrets-manager: APP_SECRET: …",
      },
    ],
    [
      "files",
      "check --from dotenv:secret.json",
      {
        status: 4,
        message: "dotenv:secret.json:1: not a name before = [DOTENV_MALFORMED]",
        hint: "Laravel refuses the whole file for it; quote a value that has blanks or quotes",
      },
    ],
    ["laptop", "check staing", was.unknownEnvironment("staing", "staging")],
    ["laptop", "check production", was.noCredentials],
    ["nobody", "check production", was.deniedSecret("GetSecretValue")],
    ["build", "check --from aws-sm:shop/prod", was.noSuchSecret("shop/prod")],
  ],
  open: [
    ["nowhere", "open --expect app=shop --stdout", was.noSuchFile(".env.sealed")],
    ["files", `open ${here} --stdout`, was.noIdentity],
    [
      "files",
      "open --expect app=shop,environment=production -i key.txt --stdout",
      {
        status: 6,
        message:
          ".env.sealed is not for here: it says environment=test, and environment=production is expected [CONTEXT_MISMATCH]",
        hint: "deploy the envelope that was sealed for this environment, or correct --expect (ENVSEAL_EXPECT)",
      },
    ],
    ["files", `open ${here} -i missing.txt --stdout`, was.noSuchFile("missing.txt")],
    ["files", `open ${here} -i other.txt --stdout`, was.wrongIdentity],
    [
      "files",
      `open ${here} -i secret.json --stdout`,
      {
        status: 4,
        message: "secret.json:1 is not an identity [IDENTITY_MALFORMED]",
        hint: "an identity file has a line AGE-SECRET-KEY-1…; make one with envseal keygen --out key.txt",
      },
    ],
    ["files", `open --in secret.json ${here} -i key.txt --stdout`, was.notSealed("secret.json")],
    [
      "files",
      `open ${here} -i key.txt --out missing/.env`,
      {
        status: 4,
        message: "there is no folder FOLDER/missing to write into [WRITE_FAILED]",
        hint: "make the folder, or mount it, before envseal open runs",
      },
    ],
    [
      "files",
      `open ${here} -i key.txt -- php-fmp`,
      {
        status: 127,
        message: "could not start php-fmp: it is not in PATH [COMMAND_NOT_FOUND]",
        hint: "give the command after --, as in: envseal open -- php-fpm",
      },
    ],
    [
      "files",
      "open production --stdout",
      {
        status: 2,
        message: "there is no envseal.yaml in this folder [CONFIG_MISSING]",
        hint: `${was.noSettings.hint}; a command stands behind --: envseal open -- production`,
      },
    ],
  ],
  inspect: [
    ["nowhere", "inspect", was.noSuchFile(".env.sealed")],
    ["files", "inspect plain.env", was.notSealed("plain.env")],
    ["files", "inspect secret.json", was.notSealed("secret.json")],
    ["files", "inspect missing.sealed", was.noSuchFile("missing.sealed")],
    [
      "files",
      "inspect .",
      {
        status: 4,
        message: "could not read .: it is a folder (EISDIR) [INPUT_UNREADABLE]",
        hint: "name a file, such as one in .",
      },
    ],
  ],
  diff: [
    ["files", "diff missing file:secret.json -i key.txt", was.noSuchFile("missing")],
    ["files", "diff .env.sealed file:secret.json", was.noIdentity],
    ["files", "diff .env.sealed file:secret.json -i other.txt", was.wrongIdentity],
    ["files", "diff .env.sealed file:broken.json -i key.txt", was.brokenJson],
    ["files", "diff .env.sealed secret.json -i key.txt", was.notSealed("secret.json")],
  ],
  rekey: [
    ["nowhere", "rekey -i key.txt -r RECIPIENT", was.noSuchFile(".env.sealed")],
    ["files", "rekey -i missing.txt -r RECIPIENT", was.noSuchFile("missing.txt")],
    ["files", "rekey -i other.txt -r RECIPIENT", was.wrongIdentity],
    ["files", "rekey -i key.txt", was.noRecipient],
    ["files", "rekey -i key.txt -r aws-kms:alias/envseal", was.noCredentials],
  ],
  keygen: [
    ["files", "keygen --out key.txt", was.exists("key.txt")],
    [
      "files",
      "keygen --out missing/key.txt",
      {
        status: 4,
        message: "could not write missing/key.txt: there is no such file or folder (ENOENT) [WRITE_FAILED]",
        hint: "make the folder first, or name another one",
      },
    ],
    ["files", "keygen --out .", was.exists(".")],
  ],
  scan: [
    [
      "files",
      "scan missing.tar --from file:secret.json",
      was.noSuchFile("missing.tar", "check the path, and who may read it"),
    ],
    [
      "files",
      "scan secret.json --from file:secret.json",
      {
        status: 4,
        message: "secret.json is no tar [IMAGE_MALFORMED]",
        hint: "give what docker save writes, an OCI layout, a tar, or a folder",
      },
    ],
    [
      "files",
      "scan .",
      usage("there is no secret to read", "pass --from aws-sm:NAME, env:NAME, file:PATH, dotenv:PATH or -"),
    ],
    ["files", "scan . --from file:missing.json", was.noSuchFile("missing.json")],
    ["laptop", "scan . -e prodution", was.unknownEnvironment("prodution")],
    ["laptop", "scan . -e production", was.noCredentials],
  ],
  reseal: [
    ["nowhere", "reseal production", was.noSettings],
    [
      "laptop",
      "reseal production",
      usage(
        "there is no image to reseal: --image is not given, and ENVSEAL_RESEAL_FROM is not set",
        "write --image REPOSITORY@sha256:…, with the digest that runs: envseal status has it",
      ),
    ],
    [
      "laptop",
      "reseal production --image shop:latest --tag build-1",
      usage(
        '--image: "shop:latest" is no image with a whole digest',
        "write --image REPOSITORY@sha256:…, with the digest that runs: envseal status has it",
      ),
    ],
    ["laptop", `reseal production --image ${image} --tag build-1`, was.noCredentials],
    [
      "build",
      `reseal production --image ${image} --tag build-1`,
      {
        status: 5,
        message: `ECR refused ecr:BatchGetImage on ${image.split("@")[0]} to arn:aws:sts::111122223333:assumed-role/builder/static (credentials from the access key in the environment (AWS_ACCESS_KEY_ID)): because no identity-based policy allows the ecr:BatchGetImage action [ACCESS_DENIED]`,
        hint: 'allow it in the policy of the role: {"Effect":"Allow","Action":"ecr:BatchGetImage","Resource":"arn:aws:ecr:eu-west-1:111122223333:repository/shop"}',
      },
    ],
  ],
}
