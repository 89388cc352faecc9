import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { identity, recipient, sealedSandbox } from "./harness.ts"

/** What is typed or pasted where something else belongs: what a terminal would obey, and an identity after it. */
const pasted = `\u001b]0;title\u0007\u202e\u2028${identity}`
const [, body = ""] = identity.split("AGE-SECRET-KEY-1")

const json = ["--json"]
const sealing = ["seal", "-f", "file:secret.json", "-r", recipient]
const opening = ["open", "-i", "key.txt"]

/** Every command, with the text in one place of an argument or an option each. */
const forms: readonly (readonly string[])[] = [
  [pasted],
  ["help", pasted],
  [`--${pasted}`],
  ["inspect", pasted],
  ["inspect", pasted, ...json],
  ["inspect", `--${pasted}`, ...json],
  ["inspect", ".env.sealed", pasted, ...json],
  ["open", "--in", pasted],
  ["open", pasted],
  [...opening, "--in", pasted],
  [...opening, "--expect", pasted],
  [...opening, "--kms-key", pasted],
  [...opening, "--mode", pasted],
  [...opening, "--owner", pasted],
  [...opening, "--timeout", pasted],
  [...opening, "-o", `none/${pasted}`],
  [...opening, "-e", pasted],
  ["open", "-i", pasted],
  [...opening, "--", pasted],
  ["seal", "-f", pasted, "-r", recipient, ...json],
  ["seal", "-f", `file:${pasted}`, "-r", recipient, ...json],
  ["seal", "-f", `env:${pasted}`, "-r", recipient, ...json],
  ["seal", "-f", "file:secret.json", "-r", pasted, ...json],
  ["seal", "-f", "file:secret.json", "-R", pasted, ...json],
  [...sealing, "-c", pasted, ...json],
  [...sealing, "-c", `app=${pasted}`, ...json],
  [...sealing, "--require", pasted, ...json],
  [...sealing, "--set-env", pasted, ...json],
  [...sealing, "--nested", pasted, ...json],
  [...sealing, "-o", `none/${pasted}`, ...json],
  [...sealing, "-e", "production", "--config", pasted, ...json],
  ["check", "-f", `file:${pasted}`, ...json],
  ["diff", pasted, pasted, "-i", "key.txt", ...json],
  ["diff", ".env.sealed", `file:${pasted}`, "-i", "key.txt", ...json],
  ["rekey", "--in", pasted, "-i", "key.txt", "-r", recipient, ...json],
  ["keygen", "-o", `none/${pasted}`, ...json],
  ["scan", pasted, "-f", "file:secret.json", ...json],
  ["scan", "key.txt", "-f", "file:secret.json", "--ignore", pasted, ...json],
  ["policy", pasted],
  ["policy", "pod", "-c", `app=${pasted}`, "--kms-key", pasted],
  ["policy", "deployer", "--project", pasted],
  ["init", "--yes", "--app", pasted, ...json],
  ["env", pasted, ...json],
  ["env", "add", pasted, ...json],
  ["deploy", pasted, ...json],
  ["deploy", "production", "--image", pasted, ...json],
  ["deploy", "production", "--commit", pasted, ...json],
  ["deploy", "production", "--resume", pasted, ...json],
  ["rollback", pasted, ...json],
  ["history", pasted, ...json],
  ["status", pasted, ...json],
  ["doctor", pasted, "--offline", ...json],
]

const settings = `version: 1
app: shop
environments:
  production:
    region: eu-west-1
    build: { project: shop }
    image: { repository: example.com/shop }
    cluster: { context: none, namespace: shop }
    workloads: [deployment/web]
`

/** How a form is called in a title. */
function titleOf(args: readonly string[]): string {
  return args.map((word) => word.replace(pasted, "IDENTITY")).join(" ")
}

/** Control and direction characters, but for the ends of lines. */
const obeyed = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u

describe.concurrent("an identity with control characters, given where something else belongs", () => {
  test.each(forms.map((args) => [titleOf(args), args] as const))(
    "is on no stream, in no file and in no pod's status after: envseal %s",
    async (_, args) => {
      const box = await sealedSandbox()
      writeFileSync(box.path("envseal.yaml"), settings)
      writeFileSync(box.path("termination-log"), "the message of before")
      const before = box.list()
      const split = args.indexOf("--")
      const debugged = split < 0 ? [...args, "--debug"] : args.toSpliced(split, 0, "--debug")
      const env = { ENVSEAL_TERMINATION_LOG: box.path("termination-log"), KUBECONFIG: box.path("none") }
      for (const line of [args, debugged]) {
        const { stdout, stderr } = await box.envseal(line, { env })
        for (const stream of [stdout, stderr]) {
          expect(stream.toUpperCase()).not.toContain(body)
          expect(stream).not.toMatch(obeyed)
          expect(stream).not.toContain("[BUG]")
        }
      }
      const texts = readdirSync(box.folder)
        .filter((name) => name !== "key.txt" && before.includes(name))
        .map((name) => readFileSync(box.path(name), "latin1"))
      for (const text of texts) expect(text.toUpperCase()).not.toContain(body)
    },
  )

  test.each([
    ["ENVSEAL_EXPECT", opening],
    ["ENVSEAL_KMS_KEY", opening],
    ["ENVSEAL_CONFIG", ["check", "-e", "production", ...json]],
    ["ENVSEAL_ENVIRONMENT", ["check", ...json]],
    ["ENVSEAL_IDENTITY_FILE", ["open"]],
    ["KUBECONFIG", ["status", ...json]],
  ])("is on no stream when it is the value of %s", async (name, args) => {
    const box = await sealedSandbox()
    writeFileSync(box.path("envseal.yaml"), settings)
    const { stdout, stderr } = await box.envseal([...args, "--debug"], { env: { [name]: pasted } })
    expect(stderr).not.toBe("")
    for (const stream of [stdout, stderr]) {
      expect(stream.toUpperCase()).not.toContain(body)
      expect(stream).not.toMatch(obeyed)
    }
  })
})

describe("what a pod's status says of a failure", () => {
  test("has no identity and no rest of an older, longer message, and is one line", async () => {
    const box = await sealedSandbox()
    const log = box.path("termination-log")
    writeFileSync(log, "the message of before".repeat(400))
    const run = await box.envseal(["open", "--in", `${pasted}\n`], { env: { ENVSEAL_TERMINATION_LOG: log } })
    expect(run).toMatchObject({ status: 4, stdout: "" })
    const text = readFileSync(log, "utf8")
    expect(text).toMatch(/^envseal: INPUT_UNREADABLE: .*AGE-SECRET-KEY-….*$/)
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
    expect(text).not.toContain("before")
  })

  test("is at most 4096 bytes of whole characters", async () => {
    const box = await sealedSandbox()
    const log = box.path("termination-log")
    writeFileSync(log, "")
    const args = ["open", `--in=${"ü".repeat(5_000)}`]
    expect(await box.envseal(args, { env: { ENVSEAL_TERMINATION_LOG: log } })).toMatchObject({ status: 4 })
    const bytes = readFileSync(log)
    expect(bytes.length).toBeLessThanOrEqual(4_096)
    expect(new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toContain("ü")
  })
})

test.each([
  [
    "an unknown option",
    ["seal", "--recipent"],
    "unknown option --recipent, did you mean --recipient? [USAGE]\n",
  ],
  ["an unknown command", ["seel"], "unknown command seel, did you mean seal? [USAGE]\n"],
])("%s is told on one line, with what may have been meant", async (_, args, text) => {
  const box = await sealedSandbox()
  const run = await box.envseal(args)
  expect(run).toMatchObject({ status: 2, stdout: "" })
  expect(run.stderr).toContain(text)
  expect(run.stderr).toContain(`hint: see envseal ${args[0] === "seal" ? "seal " : ""}--help\n`)
  const asJson = await box.envseal([...args, "--json"])
  expect(asJson.stderr).not.toContain("\\n")
})
