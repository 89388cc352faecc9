import { spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { environmentFor, type FakeAws, startFakeAwsApart } from "../fake/aws/client.ts"
import { appKey, defaultWorld, region } from "../fake/aws/world.ts"
import type { Contender } from "./contender.ts"
import { binary, unpackedBinary } from "./prepare.ts"

const context = "app=shop,environment=production"
const root = join(import.meta.dirname, "../..")

/**
 * Opening with a KMS that answers on loopback: by envseal, and by the script that it replaces, with the AWS CLI
 * and openssl.
 */
export async function prepareAws(folder: string): Promise<{ aws: FakeAws; contenders: Contender[] }> {
  const aws = await startFakeAwsApart(defaultWorld)
  const as = (role: string) => ({
    ...environmentFor(aws, { via: "static", role, folder }),
    // The AWS CLI's own variable.
    AWS_DEFAULT_REGION: region,
    HOME: folder,
  })
  const env = { PATH: `${join(root, ".cache/awscli/bin")}:${process.env["PATH"] ?? ""}`, ...as("app") }
  const seal = [
    "seal",
    "-q",
    "-f",
    "file:secret.json",
    "-r",
    `aws-kms:${appKey}`,
    "-c",
    context,
    "-o",
    "kms.sealed",
  ]
  const { status, stderr } = spawnSync(binary, seal, { cwd: folder, env: as("builder"), encoding: "utf8" })
  if (status !== 0) throw new Error(stderr)
  const open = ["open", "-q", "--in", "kms.sealed", "--expect", context, "--kms-key", appKey, "--stdout"]
  const isText = (stdout: string) => stdout.includes("APP_NAME=")
  writeFileSync(join(folder, "script.sh"), script)
  writeFileSync(join(folder, "entrypoint.sh"), entrypoint)
  spawnSync("sh", ["script.sh", "seal", appKey], {
    cwd: folder,
    env: { ...env, ...as("builder"), PATH: env.PATH },
    stdio: "ignore",
  })
  return {
    aws,
    contenders: [
      {
        name: "**envseal open** with KMS, binary",
        argv: [unpackedBinary(folder), ...open],
        env,
        isRight: isText,
      },
      {
        name: "**envseal open** with KMS, Node",
        argv: [process.execPath, join(root, "bin/envseal.js"), ...open],
        env,
        isRight: isText,
      },
      {
        name: "aws secretsmanager get-secret-value in an entrypoint",
        argv: ["sh", "entrypoint.sh"],
        env: { ...env, ...as("builder") },
        isRight: (stdout) => stdout.includes("DB_PASSWORD"),
      },
      {
        name: "aws kms decrypt, then openssl",
        argv: ["sh", "script.sh", "open", appKey],
        env,
        isRight: isText,
      },
    ],
  }
}

/** An entrypoint as teams write it. It writes what it got as JSON, which their app reads; the app is `cat` here. */
const entrypoint = `set -eu
aws secretsmanager get-secret-value --secret-id shop/production --query SecretString --output text > secret.got
exec cat secret.got
`

/** A script as teams write it: a random passphrase under KMS, the file under the passphrase. */
const script = `set -eu
if [ "$1" = seal ]; then
  head -c 32 /dev/urandom | base64 > passphrase
  openssl enc -aes-256-cbc -pbkdf2 -pass file:passphrase -in plain.env -out script.enc
  aws kms encrypt --key-id "$2" --plaintext fileb://passphrase --query CiphertextBlob --output text | base64 -d > passphrase.kms
  exit
fi
aws kms decrypt --key-id "$2" --ciphertext-blob fileb://passphrase.kms --query Plaintext --output text | base64 -d > opened
openssl enc -d -aes-256-cbc -pbkdf2 -pass file:opened -in script.enc
`
