import { describe, expect, test } from "vitest"
import { laravelFiles } from "../../data/laravel.ts"
import { binary, program, type Sandbox, standalone } from "../harness.ts"
import { Terminal } from "../terminal.ts"
import { boxOf, env, filesOf, laravelBox } from "./box.ts"

const command = standalone ? [binary] : [process.execPath, program]

function terminalOf(box: Sandbox, args: readonly string[] = [], kubeconfig = env.KUBECONFIG): Terminal {
  const variables = { PATH: process.env["PATH"] ?? "", HOME: box.folder, KUBECONFIG: kubeconfig }
  return new Terminal([...command, "init", ...args], { cwd: box.folder, env: variables })
}

const enter = ""
const ctrlC = "\u0003"

// `script` of util-linux.
describe.skipIf(process.platform !== "linux")("envseal init on a terminal", () => {
  test("asks for what it is not told, suggests what it can, and writes the files", async () => {
    const box = laravelBox()
    const terminal = terminalOf(box)
    await terminal.answer("Name of the app", "my shop")
    await terminal.shows("write a name of up to 32 letters")
    terminal.type(`${"\b".repeat(7)}till\r`)
    await terminal.answer("Name of the environment (production)", enter)
    await terminal.answer("Name of the EKS cluster", "blue")
    await terminal.answer("AWS account", "444455556666")
    await terminal.answer("AWS Region", "eu-central-1")
    await terminal.answer("Kubernetes namespace (till-production)", enter)
    await terminal.answer("Repository of the app's image", enter)
    await terminal.answer("ARN of the KMS key of production (empty: not yet)", enter)
    await terminal.answer("Image that PHP is in (public.ecr.aws/docker/library/php:8.4-fpm)", enter)
    await terminal.shows(".gitignore is there already")
    terminal.type("\r")
    expect(await terminal.ended(), terminal.screen).toBe(0)
    expect(terminal.screen).toContain("+.env.sealed")
    expect(terminal.screen).toContain("23 files written; next:")
    const files = filesOf(box)
    expect(files[".gitignore"]).toBe(`${laravelFiles[".gitignore"]}.env.sealed\n`)
    expect(files["envseal.yaml"]).toMatch(/^app: till$/m)
    expect(files["envseal.yaml"]).toContain(
      "repository: 444455556666.dkr.ecr.eu-central-1.amazonaws.com/till\n",
    )
    expect(Object.keys(files).filter((path) => path.endsWith(".envseal"))).toEqual([])
  })

  test("offers the clusters of the kubeconfig, and takes account and Region from the one that is chosen", async () => {
    const contexts = ["minikube", "arn:aws:eks:eu-north-1:777788889999:cluster/green"]
    const named = contexts.map((name) => ({ name, context: { cluster: name, user: name } }))
    const box = laravelBox({ kubeconfig: JSON.stringify({ contexts: named, clusters: [], users: [] }) })
    const args = [
      "--app",
      "till",
      "--env",
      "production",
      "--base-image",
      "public.ecr.aws/docker/library/php:8.4-fpm",
      "--namespace",
      "till",
    ]
    const terminal = terminalOf(box, args, box.path("kubeconfig"))
    await terminal.answer("green, of EKS in eu-north-1", enter)
    await terminal.answer("AWS account (777788889999)", enter)
    await terminal.answer("AWS Region (eu-north-1)", enter)
    await terminal.answer("Repository of the app's image", enter)
    await terminal.answer("ARN of the KMS key of production", enter)
    await terminal.answer(".gitignore is there already", enter)
    expect(await terminal.ended(), terminal.screen).toBe(0)
    expect(filesOf(box)["envseal.yaml"]).toContain("      eks: green\n")
    expect(filesOf(box)[".gitignore"]).toContain("\n.env.sealed\n")
  })

  test.each(["Name of the app", "AWS account", ".gitignore is there already"])(
    "Ctrl-C at the question %s ends with 130 and writes nothing",
    async (question) => {
      const box = laravelBox()
      const told = ["--env", "production", "--eks", "blue", "--region", "eu-central-1", "--namespace", "till"]
      const rest = [
        "--repository",
        "a.b/c",
        "--kms-key",
        key,
        "--base-image",
        "public.ecr.aws/docker/library/php:8.4-fpm",
      ]
      const terminal = terminalOf(box, [...told, ...rest])
      for (const [text, answer] of [
        ["Name of the app", "till\r"],
        ["AWS account", "444455556666\r"],
        [".gitignore is there already", enter],
      ] as const) {
        await terminal.shows(text)
        if (text === question) break
        terminal.type(answer)
      }
      terminal.type(ctrlC)
      expect(await terminal.ended(), terminal.screen).toBe(130)
      expect(terminal.screen).toContain("interrupted; nothing was written")
      expect(filesOf(box)).toEqual(laravelFiles)
    },
  )

  test("says before the first question that there is no app, or that all is set up", async () => {
    const empty = terminalOf(boxOf({}))
    await empty.shows("there is no composer.json here")
    await empty.shows("Name of the app")
    const done = terminalOf(laravelBox({ "envseal.yaml": "version: 1\n" }))
    await done.shows("envseal init --update")
    await done.shows("Name of the app")
    for (const terminal of [empty, done]) {
      terminal.type(ctrlC)
      expect(await terminal.ended(), terminal.screen).toBe(130)
    }
    const app = terminalOf(laravelBox())
    await app.shows("Name of the app")
    expect(app.screen).not.toContain("Ctrl-C leaves")
    app.type(ctrlC)
    await app.ended()
  })

  test("breaks a warning between words, and at no column of the terminal", async () => {
    const terminal = terminalOf(boxOf({}))
    await terminal.shows("Name of the app")
    expect(terminal.screen).toMatch(/^envseal: warning: this does not look .*\r?\n {2}\S/m)
    for (const line of terminal.screen.split(/\r?\n/)) expect(line.length).toBeLessThanOrEqual(80)
    terminal.type(ctrlC)
    await terminal.ended()
  })

  test("asks nothing with --yes", async () => {
    const box = laravelBox()
    const terminal = terminalOf(box, ["--yes"])
    expect(await terminal.ended()).toBe(2)
    expect(terminal.screen).toContain("--account is missing")
    expect(filesOf(box)).toEqual(laravelFiles)
  })
})

const key = "arn:aws:kms:eu-central-1:444455556666:key/0a1b2c3d-12ab-34cd-56ef-0123456789ab"
