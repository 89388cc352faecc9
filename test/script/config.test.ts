import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  binary,
  identity,
  program,
  recipient,
  type Sandbox,
  sandbox,
  standalone,
  stranger,
} from "./harness.ts"

const key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

const settings = `
version: 1
app: shop
defaults:
  recipients: [${recipient}]
  setEnv: [APP_VERSION]
environments:
  production:
    require: .env.example
    kmsKeys: [${key}]
  staging:
    context: { app: shop, stage: staging }
`

function box(text = settings): Sandbox {
  return sandbox({
    "envseal.yaml": text,
    "secret.json": '{"APP_KEY":"base64:abc="}',
    ".env.example": "APP_KEY=\n",
    "key.txt": identity,
  })
}

const env = { APP_VERSION: "1.2" }
const from = ["-f", "file:secret.json"]

async function contextOf(sealed: Sandbox, file = ".env.sealed"): Promise<unknown> {
  return JSON.parse((await sealed.envseal(["inspect", "--json", file])).stdout).context
}

describe.concurrent("with envseal.yaml", () => {
  test("seal takes recipients, context, setEnv and require from it, and open expects that context", async () => {
    const shop = box()
    expect(await shop.envseal(["seal", "-e", "production", ...from], { env })).toMatchObject({ status: 0 })
    expect(await contextOf(shop)).toEqual({ app: "shop", environment: "production" })
    const opened = await shop.envseal(["open", "-e", "production", "-i", "key.txt", "--stdout"])
    expect(opened).toMatchObject({ status: 0, stdout: "APP_KEY=base64:abc=\nAPP_VERSION=1.2\n", stderr: "" })
    const elsewhere = await shop.envseal(["open", "-e", "staging", "-i", "key.txt", "--stdout"])
    expect(elsewhere).toMatchObject({ status: 6, stdout: "" })
    expect(elsewhere.stderr).toContain("[CONTEXT_MISMATCH]")
  })

  test("the variable ENVSEAL_ENVIRONMENT does the same as -e, and -e wins", async () => {
    const shop = box()
    const build = { ...env, ENVSEAL_ENVIRONMENT: "staging" }
    await shop.envseal(["seal", ...from], { env: build })
    expect(await contextOf(shop)).toEqual({ app: "shop", stage: "staging" })
    await shop.envseal(["seal", "-e", "production", ...from], { env: build })
    expect(await contextOf(shop)).toEqual({ app: "shop", environment: "production" })
  })

  test("what the command line says wins", async () => {
    const shop = box()
    writeFileSync(shop.path("other.example"), "NOT_THERE=\n")
    const args = ["seal", "-e", "production", ...from]
    const refused = await shop.envseal([...args, "--require", "other.example"], { env })
    expect(refused).toMatchObject({ status: 4 })
    expect(refused.stderr).toContain("NOT_THERE is required by other.example")
    const other = (await shop.envseal(["keygen", "-o", "other.txt"])).stdout.trim()
    await shop.envseal([...args, "-r", other, "-c", "app=other", "--set-env", "PATH_INFO"], {
      env: { PATH_INFO: "/" },
    })
    const open = ["open", "-e", "production", "--stdout"]
    expect(await shop.envseal([...open, "--expect", "app=other", "-i", "other.txt"])).toMatchObject({
      status: 0,
      stdout: "APP_KEY=base64:abc=\nPATH_INFO=/\n",
    })
    expect(
      await shop.envseal([...open, "-i", "other.txt"], { env: { ENVSEAL_EXPECT: "app=other" } }),
    ).toMatchObject({ status: 0 })
    expect(await shop.envseal([...open, "--expect", "app=other", "-i", "key.txt"])).toMatchObject({
      status: 5,
    })
  })

  test("a required name that is missing is told with the file of the settings' folder", async () => {
    const shop = box()
    mkdirSync(shop.path("sub"))
    mkdirSync(shop.path(".git"))
    writeFileSync(shop.path(".env.example"), "APP_KEY=\nDB_PASSWORD=\n")
    const args = ["check", "-e", "production", "-f", "file:../secret.json"]
    const run = await shop.run("sh", ["-c", 'cd sub && exec "$@"', "sh", ...commandOf(args)], { env })
    expect(run).toMatchObject({ status: 3 })
    expect(run.stdout).toBe("DB_PASSWORD is required by ../.env.example and is not there [MISSING_NAME]\n")
  })

  test("open looks in the working directory alone", async () => {
    const shop = box()
    mkdirSync(shop.path("sub"))
    mkdirSync(shop.path(".git"))
    const run = await shop.run("sh", [
      "-c",
      'cd sub && exec "$@"',
      "sh",
      ...commandOf(["open", "-e", "production"]),
    ])
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("there is no envseal.yaml in this folder [CONFIG_MISSING]")
  })

  test("--config names another file, and so does ENVSEAL_CONFIG", async () => {
    const shop = box("no: settings\n")
    writeFileSync(shop.path("other.yaml"), settings)
    const args = ["seal", "-e", "staging", ...from]
    expect(await shop.envseal([...args, "--config", "other.yaml"], { env })).toMatchObject({ status: 0 })
    const byVariable = { ...env, ENVSEAL_CONFIG: "other.yaml" }
    expect(await shop.envseal(args, { env: byVariable })).toMatchObject({ status: 0 })
    const missing = await shop.envseal([...args, "--config", "none.yaml"], { env })
    expect(missing.stderr).toContain("there is no none.yaml [CONFIG_MISSING]")
    const unnamed = await shop.envseal(["seal", "--config", "other.yaml", ...from], { env })
    expect(unnamed).toMatchObject({ status: 2 })
    expect(unnamed.stderr).toContain("--config is given without an environment [USAGE]")
  })

  test.each([
    ["check", ["check", "-e", "production", ...from]],
    ["policy", ["policy", "pod", "-e", "production"]],
    ["deploy", ["deploy", "production"]],
    ["rollback", ["rollback", "production"]],
    ["history", ["history", "production"]],
    ["status", ["status", "production"]],
    ["doctor", ["doctor", "production", "--offline"]],
    ["env add", ["env", "add", "qa", "--dry-run"]],
  ])("%s takes an empty ENVSEAL_CONFIG and ENVSEAL_ENVIRONMENT as none", async (_, args) => {
    const shop = box()
    const plain = await shop.envseal(args, { env })
    const empty = { ...env, ENVSEAL_CONFIG: "", ENVSEAL_ENVIRONMENT: "" }
    expect(await shop.envseal(args, { env: empty })).toEqual(plain)
    expect(plain.stderr).not.toContain("CONFIG_MISSING")
    // And one that is not empty counts for each of them.
    const other = await shop.envseal(args, { env: { ...env, ENVSEAL_CONFIG: "none.yaml" } })
    expect(other.status).toBe(2)
    expect(other.stderr).toMatch(/there is no none\.yaml/)
  })

  test("all mistakes are told at once, and nothing is written", async () => {
    const shop = box("version: 1\napp: shop\nenvironments:\n  production: { workload: [web], region: x }\n")
    const before = shop.list()
    const run = await shop.envseal(["seal", "-e", "production", ...from], { env })
    expect(run).toMatchObject({ status: 2, stdout: "" })
    expect(run.stderr).toContain("error: envseal.yaml has 2 mistakes [CONFIG_MALFORMED]")
    expect(run.stderr).toContain(
      "envseal.yaml:4:17 environments.production.workload is not a setting; did you mean workloads? [UNKNOWN_SETTING]",
    )
    expect(run.stderr).toContain(
      'envseal.yaml:4:42 environments.production.region is "x"; write an AWS Region',
    )
    expect(shop.list()).toEqual(before)
    const json = await shop.envseal(["seal", "--json", "-e", "production", ...from], { env })
    expect(JSON.parse(json.stderr).error.problems).toHaveLength(2)
  })

  test("an environment that is not there is told with those that are", async () => {
    const run = await box().envseal(["check", "-e", "prod", ...from], { env })
    expect(run).toMatchObject({ status: 2 })
    expect(run.stderr).toContain("envseal.yaml has no environment prod [USAGE]")
    expect(run.stderr).toContain("did you mean production? it has production, staging")
  })

  test("seal and check tell what the environment lacks for them", async () => {
    const shop = box("version: 1\napp: shop\nenvironments:\n  production: {}\n")
    const check = await shop.envseal(["check", "-e", "production"])
    expect(check).toMatchObject({ status: 2 })
    expect(check.stderr).toContain("environment production lacks what envseal check needs [CONFIG_MALFORMED]")
    expect(check.stderr).toContain("envseal.yaml:4:3 environments.production.secret is missing")
    const seal = await shop.envseal(["seal", "-e", "production", ...from])
    expect(seal.stderr).toContain("environments.production.recipients is missing")
  })

  test("a recipient that is none is told with its place", async () => {
    const damaged = recipient.slice(0, -1) + (recipient.endsWith("q") ? "p" : "q")
    const shop = box(settings.replace(recipient, damaged))
    const run = await shop.envseal(["seal", "-e", "production", ...from], { env })
    expect(run).toMatchObject({ status: 2 })
    expect(run.stderr).toContain("envseal.yaml:5:16: malformed recipient")
  })

  test("policy prints for the environment, and -e without such a file means the context alone", async () => {
    const shop = box()
    const printed = JSON.parse((await shop.envseal(["policy", "pod", "-e", "production"])).stdout)
    expect(printed.Statement).toMatchObject([{ Action: "kms:Decrypt", Resource: key }])
    expect(printed.Statement[0].Condition.StringEquals).toEqual({
      "kms:EncryptionContext:app": "shop",
      "kms:EncryptionContext:environment": "production",
    })
    const args = ["policy", "pod", "-e", "production", "-c", "app=shop", "--kms-key", key]
    const same = [await shop.envseal(args), await sandbox().envseal(args)]
    expect(same.map(({ stdout }) => JSON.parse(stdout))).toEqual([printed, printed])
  })

  test("a pod template that says all needs no file, and one that is damaged does not stop it", async () => {
    const shop = box()
    await shop.envseal(["seal", "-e", "staging", ...from], { env })
    writeFileSync(shop.path("envseal.yaml"), "no: [settings\n")
    const pod = {
      ENVSEAL_ENVIRONMENT: "staging",
      ENVSEAL_EXPECT: "app=shop,stage=staging",
      ENVSEAL_IDENTITY: identity,
    }
    const pinned = { ...pod, ENVSEAL_KMS_KEY: key }
    expect(await shop.envseal(["open", "--stdout"], { env: pinned })).toMatchObject({ status: 0 })
    expect(await shop.envseal(["open", "--stdout"], { env: pod })).toMatchObject({ status: 2, stdout: "" })
  })

  test("scan looks for the secret, whatever is required of it", async () => {
    const shop = box()
    mkdirSync(shop.path("image"))
    writeFileSync(shop.path("image/leak.txt"), "base64:abc=\n")
    writeFileSync(shop.path(".env.example"), "NOT_THERE=\n")
    const run = await shop.envseal(["scan", "image", "-e", "production", ...from], { env })
    expect(run).toMatchObject({ status: 3 })
    expect(run.stdout).toContain("APP_KEY")
  })

  test("diff expects the context of the environment of both envelopes", async () => {
    const shop = box()
    await shop.envseal(["seal", "-e", "production", "-o", "a", ...from], { env })
    await shop.envseal(["seal", "-e", "production", "-o", "b", ...from], { env })
    const run = await shop.envseal(["diff", "-e", "production", "a", "b", "-i", "key.txt"])
    expect(run).toMatchObject({ status: 0, stdout: "" })
    expect(await shop.envseal(["diff", "-e", "staging", "a", "b", "-i", "key.txt"])).toMatchObject({
      status: 6,
    })
  })
})

describe.concurrent("without envseal.yaml", () => {
  test("a variable ENVSEAL_ENVIRONMENT changes nothing, and -e is refused", async () => {
    const bare = sandbox({ "secret.json": '{"A":"1"}', "other.txt": stranger })
    const args = ["seal", ...from, "-r", recipient, "-c", "app=x"]
    const build = { ENVSEAL_ENVIRONMENT: "production" }
    expect(await bare.envseal(args, { env: build })).toMatchObject({ status: 0 })
    expect(await contextOf(bare)).toEqual({ app: "x" })
    const before = readFileSync(bare.path(".env.sealed"), "utf8")
    const named = await bare.envseal([...args, "-e", "production"])
    expect(named).toMatchObject({ status: 2 })
    expect(named.stderr).toContain("[CONFIG_MISSING]")
    expect(readFileSync(bare.path(".env.sealed"), "utf8")).toBe(before)
  })
})

/** How the harness would start envseal, for a shell that goes elsewhere first. */
function commandOf(args: readonly string[]): string[] {
  return [...(standalone ? [binary] : [process.execPath, program]), ...args]
}
