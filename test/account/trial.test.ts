import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { allCommands } from "../../src/cli/commands.ts"
import { makeProgram } from "../../src/cli/program.ts"
import { runTrial, type TrialPorts } from "./run.ts"
import { tearDownSteps, trialSteps } from "./steps.ts"
import { refusalOf, type TrialRequest } from "./trial.ts"

const root = join(import.meta.dirname, "../..")
const request: TrialRequest = {
  ...{
    account: "111122223333",
    region: "eu-west-1",
    eks: "main",
    app: "/app",
    id: "abc123",
    clone: "/clone",
  },
}
const key = "arn:aws:kms:eu-west-1:111122223333:key/1"

interface World {
  readonly account?: string
  /** The command that fails. */
  readonly fails?: string
  readonly builds?: readonly string[]
  /** After which command somebody wants it to end. */
  readonly stopsAfter?: string
}

/** Programs that answer as those of a real account do. */
function world({ account = request.account, fails, builds = ["SUCCEEDED"], stopsAfter }: World = {}) {
  const commands: string[] = []
  const said: string[] = []
  const states = [...builds]
  const answers: readonly (readonly [string, () => string])[] = [
    ["aws sts get-caller-identity", () => account],
    ["aws kms create-key", () => key],
    ["npm run", () => `built\n111122223333.dkr.ecr.eu-west-1.amazonaws.com/trial@sha256:${"1".repeat(64)}`],
    ["aws codebuild start-build", () => "trial:1"],
    ["aws codebuild batch-get-builds", () => states.shift() ?? "SUCCEEDED"],
  ]
  let waits = 0
  const ports: TrialPorts = {
    say: (line) => said.push(line),
    wait: async () => {
      waits += 1
    },
    isStopped: () => stopsAfter !== undefined && commands.some((one) => one.startsWith(stopsAfter)),
    run: async (words) => {
      const line = words.join(" ")
      commands.push(line)
      if (fails !== undefined && line.startsWith(fails)) return { status: 1, stdout: "" }
      return { status: 0, stdout: `${answers.find(([start]) => line.startsWith(start))?.[1]() ?? ""}\n` }
    },
  }
  return { ports, commands, said, waits: () => waits }
}

const startsOf = (commands: readonly string[], starts: readonly string[]) =>
  starts.map((start) => commands.findIndex((one) => one.startsWith(start)))

describe("a run on a real account does not start", () => {
  test.each([
    [{}, "name the account that pays"],
    [{ account: "1111" }, "twelve digits"],
    [{ account: "11112222333a" }, "twelve digits"],
    [{ account: "111122223333" }, "name the Region"],
    [{ account: "111122223333", region: "Ireland" }, "name the Region"],
    [{ account: "111122223333", region: "eu-west-1" }, "name an EKS cluster"],
    [{ account: "111122223333", region: "eu-west-1", eks: "main" }, "name the folder"],
  ])("for %j", (given, words) => {
    expect(refusalOf(given, {})).toContain(words)
  })

  test.each(["CI", "GITHUB_ACTIONS", "GITLAB_CI", "CODEBUILD_BUILD_ID"])("where %s is set", (name) => {
    expect(refusalOf(request, { [name]: "true" })).toContain(`this is a CI (${name})`)
    expect(refusalOf(request, {})).toBeNull()
  })

  test("with the credentials of another account: nothing but its name was asked", async () => {
    const { ports, commands, said } = world({ account: "444455556666" })
    expect(await runTrial(request, ports)).toBe(false)
    expect(commands).toEqual(["aws sts get-caller-identity --query Account --output text"])
    expect(said.at(-1)).toContain("nothing was made")
  })

  test("in CI, which nowhere names it", () => {
    const workflows = readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`)
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
    const { account, ...others } = scripts
    expect(account).toContain("test/account/main.ts")
    for (const path of [".ci/run", ...workflows])
      expect(readFileSync(join(root, path), "utf8")).not.toMatch(/run account|test\/account/)
    expect(JSON.stringify(others)).not.toMatch(/run account|test\/account/)
  })
})

describe("a run on a real account", () => {
  test("sets up, seals, deploys, reseals, rolls back and tears down, in this order", async () => {
    const { ports, commands, waits } = world({ builds: ["IN_PROGRESS", "IN_PROGRESS", "SUCCEEDED"] })
    expect(await runTrial(request, ports)).toBe(true)
    const order = startsOf(commands, [
      ...["aws sts", "aws kms create-key", "npm run", "envseal init", "aws cloudformation deploy"],
      ...[
        "aws kms put-key-policy",
        "envseal secret import",
        "git -c credential",
        "aws codebuild start-build",
      ],
      ...["envseal doctor trial", "envseal deploy trial", "envseal secret set trial TRIAL"],
      ...[
        "envseal deploy trial --reseal",
        "envseal rollback trial",
        "kubectl --kubeconfig trial.kubeconfig delete",
      ],
      ...["aws cloudformation delete-stack", "aws ecr delete-repository", "aws secretsmanager delete-secret"],
      ...["aws kms schedule-key-deletion", "aws resourcegroupstaggingapi get-resources"],
    ])
    expect(order).not.toContain(-1)
    expect(order).toEqual([...order].sort((one, other) => one - other))
    expect(waits()).toBe(2)
    const init = commands.find((one) => one.startsWith("envseal init"))
    expect(init).toContain(`--kms-key ${key} --binary-image 111122223333.dkr.ecr`)
  })

  test("tags everything that it makes by itself, and deletes each of it by its name", () => {
    const learned = new Map([["key", key]])
    const lines = trialSteps(request).map(({ words }) => words(learned).join(" "))
    const making = lines.filter((one) => /^aws \S+ (?:create-|deploy)/.test(one))
    expect(making).toHaveLength(5)
    for (const line of making) expect(line).toMatch(/--tags \S*envseal-trial\S*abc123/)
    const down = tearDownSteps(request).map(({ words }) => words(learned).join(" "))
    for (const name of ["trial-abc123-carrier", "trial-abc123/trial", "envseal-trial-abc123-trial", key])
      expect(down.join("\n")).toContain(name)
    const makes = /^aws \S+ (?:create-|deploy)|^kubectl .* create /
    const titles = trialSteps(request)
      .filter(({ words }) => makes.test(words(learned).join(" ")))
      .map(({ title }) => title)
    expect(titles).toHaveLength(6)
    expect(new Set(tearDownSteps(request).flatMap(({ undoes }) => undoes ?? []))).toEqual(new Set(titles))
  })

  const steps = trialSteps(request)
  test.each(steps.map(({ title }, at) => [title, at] as const))(
    "tears down what was begun when this fails: %s",
    async (_, at) => {
      const words =
        steps[at]?.words(
          new Map([
            ["key", key],
            ["build", "trial:1"],
          ]),
        ) ?? []
      const { ports, commands, said } = world({ fails: words.slice(0, 4).join(" ") })
      expect(await runTrial(request, ports)).toBe(false)
      const end = commands.findIndex((one) => one.startsWith(words.slice(0, 4).join(" ")))
      const down = commands.slice(end + 1)
      const begun = new Set(
        steps
          .slice(0, steps.findIndex(({ title }) => said.includes(`failed: ${title}`)) + 1)
          .map(({ title }) => title),
      )
      const expected = tearDownSteps(request).filter(
        ({ undoes }) => undoes === undefined || begun.has(undoes),
      )
      expect(down).toHaveLength(expected.length)
      expect(down.at(-1)).toContain("get-resources")
    },
  )

  test("goes on tearing down when one part cannot be deleted, and says which", async () => {
    const { ports, commands, said } = world({ fails: "aws secretsmanager delete-secret" })
    expect(await runTrial(request, ports)).toBe(false)
    expect(commands.some((one) => one.startsWith("aws kms schedule-key-deletion"))).toBe(true)
    expect(said.at(-1)).toBe("left to look at by hand: delete the secret")
  })

  test.each([
    ["fails", ["IN_PROGRESS", "FAILED"]],
    ["never ends", Array(500).fill("IN_PROGRESS")],
  ])("tears down when the build %s", async (_, builds) => {
    const { ports, commands, waits } = world({ builds })
    expect(await runTrial(request, ports)).toBe(false)
    expect(commands.some((one) => one.startsWith("envseal deploy"))).toBe(false)
    expect(commands.some((one) => one.startsWith("aws cloudformation delete-stack"))).toBe(true)
    expect(waits()).toBeLessThan(120)
  })

  test("tears down at once when somebody wants it to end", async () => {
    const { ports, commands } = world({ stopsAfter: "aws cloudformation deploy" })
    expect(await runTrial(request, ports)).toBe(false)
    expect(commands.some((one) => one.startsWith("envseal secret"))).toBe(false)
    expect(commands.some((one) => one.startsWith("aws cloudformation delete-stack"))).toBe(true)
  })

  test("deletes nothing that was not begun when somebody wants it to end", async () => {
    const { ports, commands } = world({ stopsAfter: "aws kms create-key" })
    expect(await runTrial(request, ports)).toBe(false)
    expect(commands.slice(2).map((one) => one.split(" ").slice(1, 3).join(" "))).toEqual([
      "kms schedule-key-deletion",
      "resourcegroupstaggingapi get-resources",
    ])
  })

  test("has no command line of envseal that the program would refuse", async () => {
    const learned = new Map([
      ["key", key],
      ["carrier", `r.example.com/envseal@sha256:${"1".repeat(64)}`],
    ])
    const lines = trialSteps(request)
      .map(({ words }) => words(learned))
      .filter(([program]) => program === "envseal")
    expect(lines.length).toBeGreaterThan(8)
    for (const [, ...args] of lines) {
      const program = await makeProgram({ command: null, outcome: { status: 0 } }, undefined)
      for (const command of allCommands(program)) if (command.commands.length === 0) command.action(() => {})
      await program.parseAsync(args, { from: "user" })
    }
  })
})
