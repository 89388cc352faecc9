import { chmodSync, copyFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { blocksOf } from "../docs/markdown.ts"
import { type SecretStage, startSecretStage, withVersions } from "../script/secret/stage.ts"
import { kubernetesFolder } from "./cluster/binaries.ts"
import { phpdotenvs, readWithPhp } from "./readers/php.ts"

const root = join(import.meta.dirname, "../..")
const page = readFileSync(join(root, "docs/migrate.md"), "utf8")
const blocks = blocksOf(page, "sh")
/** The block that begins with these words, after what gives it its input. */
const block = (words: string) => blocks.find((one) => one.startsWith(words)) ?? `false # no block ${words}`
const plain = block("envseal secret import production dotenv:.env")
const openssl = block("openssl")
const laravel = block("php artisan")
const age = block("age")
const sops = block("sops decrypt --input-type")
const sopsYaml = block("sops decrypt --output-type")
const dotenvx = block("dotenvx")
const kubernetes = block("kubectl")

const dotenv = [
  "# the app",
  "APP_NAME='My Shop'",
  "export APP_KEY=base64:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
  'DB_PASSWORD="it\'s 5 € \\"now\\""',
  "DB_HOST=db",
  'DATABASE_URL="mysql://shop@${DB_HOST}/shop"',
  'PEM="-----BEGIN-----\nabc=\n-----END-----"',
  "EMPTY=",
  "",
].join("\n")

let stage: SecretStage
let expected: Record<string, string>
beforeAll(async () => {
  stage = await startSecretStage()
  const [phpdotenv] = phpdotenvs()
  if (phpdotenv === undefined) throw new Error("php-vlucas-phpdotenv is not installed")
  const { array } = await readWithPhp(phpdotenv, [dotenv])
  expected = Object.fromEntries([...(array[0] ?? [])].map(([name, bytes]) => [name, bytes.toString("utf8")]))
  expect(Object.keys(expected)).toHaveLength(7)
})
beforeEach(async () => {
  await stage.reset()
  await withVersions(stage, [])
})
afterAll(() => stage.aws.stop())

/** Runs a block of the page with `envseal` as a command, after what makes its input. */
async function migrate(
  prepare: string,
  block: string,
  text: string = dotenv,
): Promise<Record<string, unknown>> {
  const { box } = stage
  writeFileSync(box.path(".env.production"), text)
  const [program = "", ...args] = box.command([])
  writeFileSync(
    box.path("envseal"),
    `#!/bin/sh\nexec '${program}' ${args.map((one) => `'${one}'`).join(" ")} "$@"\n`,
  )
  chmodSync(box.path("envseal"), 0o755)
  const path = [
    box.folder,
    kubernetesFolder,
    join(root, ".cache/sops"),
    join(root, "node_modules/.bin"),
    process.env["PATH"] ?? "",
  ].join(":")
  const env = { ...stage.env(), PATH: path, HOME: box.folder }
  const run = await box.run("bash", ["-euo", "pipefail", "-c", `${prepare}\n${block}`], { env })
  expect(run.status, run.stderr).toBe(0)
  expect(run.stderr).not.toContain("it's 5")
  return stage.current()
}

describe("the values of a .env come into the secret byte for byte", () => {
  test("as it is", async () => expect(await migrate("", plain)).toEqual(expected))

  test("from openssl", async () => {
    const prepare =
      "echo secret > passphrase.txt\n" +
      "openssl enc -aes-256-cbc -pbkdf2 -pass file:passphrase.txt -in .env.production -out .env.enc"
    expect(await migrate(prepare, openssl)).toEqual(expected)
  })

  const cache = join(root, ".cache")
  test.each([
    ["10", ["/usr/bin/php", "-d", `include_path=.:${cache}/laravel/usr/share/php`], ""],
    ["13", [`${cache}/laravel-new/php`], ""],
    ["13, with readable names", [`${cache}/laravel-new/php`], "--readable"],
  ])("from env:encrypt of Laravel %s", async (_, php, option) => {
    writeFileSync(stage.box.path("php"), `#!/bin/sh\nexec ${php.map((one) => `'${one}'`).join(" ")} "$@"\n`)
    chmodSync(stage.box.path("php"), 0o755)
    copyFileSync(join(import.meta.dirname, "laravel/artisan.php"), stage.box.path("artisan"))
    const prepare = [
      "export LARAVEL_ENV_ENCRYPTION_KEY=base64:q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
      "rm -f .env.production.encrypted",
      `php artisan env:encrypt --env=production ${option} --key="$LARAVEL_ENV_ENCRYPTION_KEY" >&2`,
      "rm .env.production",
    ].join("\n")
    expect(await migrate(prepare, laravel)).toEqual(expected)
    const encrypted = readFileSync(stage.box.path(".env.production.encrypted"), "utf8")
    expect(encrypted.startsWith("APP_NAME=")).toBe(option !== "")
    expect(encrypted).not.toContain("My Shop")
    expect(stage.box.list()).not.toContain(".env.production")
  })

  test("from age", async () => {
    const prepare = [
      "rm -f key.txt .env.age",
      "envseal keygen --out key.txt > recipient.txt",
      'age -r "$(cat recipient.txt)" -o .env.age .env.production',
    ].join("\n")
    expect(await migrate(prepare, age)).toEqual(expected)
  })

  test("from sops: a .env, and a file of YAML", async () => {
    const prepare = (encrypt: string) =>
      [
        "rm -f key.txt",
        "recipient=$(envseal keygen --out key.txt)",
        "export SOPS_AGE_KEY_FILE=key.txt",
        `sops encrypt --age "$recipient" ${encrypt}`,
      ].join("\n")
    // sops reads line by line.
    const inLines = dotenv.replace(
      '"-----BEGIN-----\nabc=\n-----END-----"',
      '"-----BEGIN-----\\nabc=\\n-----END-----"',
    )
    expect(inLines).not.toBe(dotenv)
    const ofEnv = "--input-type dotenv --output-type dotenv .env.production > .env.production.sops"
    expect(await migrate(prepare(ofEnv), sops, inLines)).toEqual(expected)
    writeFileSync(stage.box.path("secrets.yaml"), JSON.stringify(expected))
    await withVersions(stage, [])
    expect(await migrate(prepare("secrets.yaml > secrets.sops.yaml"), sopsYaml)).toEqual(expected)
    expect(readFileSync(stage.box.path("secrets.sops.yaml"), "utf8")).toMatch(/^APP_NAME: ENC\[/)
  })

  test("from a Kubernetes Secret", async () => {
    const literals = Object.entries(expected)
    for (const [name, value] of literals) writeFileSync(stage.box.path(`value-${name}`), value)
    const files = literals.map(([name]) => `--from-file=${name}=value-${name}`).join(" ")
    const prepare = `kubectl create secret generic shop ${files} --dry-run=client -o json > secret.json`
    const block = kubernetes.replace("kubectl get secret shop -o json", "cat secret.json")
    expect(block).not.toBe(kubernetes)
    expect(await migrate(prepare, block)).toEqual(expected)
  })

  test("from dotenvx, with its public key beside them", async () => {
    const prepare =
      "rm -f .env.dotenvx .env.keys\ncp .env.production .env.dotenvx\ndotenvx encrypt -f .env.dotenvx >&2"
    const { DOTENV_PUBLIC_KEY_DOTENVX, ...values } = await migrate(prepare, dotenvx)
    expect(DOTENV_PUBLIC_KEY_DOTENVX).toEqual(expect.any(String))
    // What its own reader makes of an escaped quote is not what Laravel makes of it.
    expect({ ...values, DB_PASSWORD: "" }).toEqual({ ...expected, DB_PASSWORD: "" })
  })
})
