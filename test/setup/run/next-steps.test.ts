import { execFileSync } from "node:child_process"
import { describe, expect, test } from "vitest"
import { type AddedEnvironment, environmentNextSteps } from "../../../src/setup/run/environment-next-steps.ts"
import type { Placed } from "../../../src/setup/run/place-files.ts"
import { qaSite } from "../core/stacks.ts"

const written = (path: string): Placed => ({ path, outcome: "written", beside: null })
const placed = ["cloudformation.yaml", "main.tf", "role.yaml"].map((name) => written(`envseal/qa/${name}`))

function stepsFor(given: Partial<AddedEnvironment>) {
  const usual = { site: qaSite(), placed, secret: null, gateLine: null, undeclared: null }
  return environmentNextSteps({ ...usual, settingsFile: "envseal.yaml", ...given })
}

/** The commands of all that is left to do. */
function commandsFor(given: Partial<AddedEnvironment>): string[] {
  return stepsFor(given).flatMap(({ commands }) => commands)
}

/** The words of the one command that begins like this, as a shell passes them on. */
function wordsOf(commands: readonly string[], start: string): string[] {
  const [command = "", ...others] = commands.filter((one) => one.startsWith(start))
  expect(others).toEqual([])
  const show = `${start.split(" ")[0]}() { printf '%s\\n' "$@"; }; ${command}`
  return execFileSync("sh", ["-c", show], { encoding: "utf8" }).trimEnd().split("\n")
}

describe("what is left to do after an environment was added", () => {
  test("adds the buildspec to what is committed when it has to be edited, and not otherwise", () => {
    expect(commandsFor({ gateLine: 3 })).toContain("git add envseal.yaml buildspec.yaml envseal/qa")
    expect(commandsFor({})).toContain("git add envseal.yaml envseal/qa")
  })

  test("tells apart the right to deploy, which no template gives, and the entry of the cluster", () => {
    const steps = environmentNextSteps({
      site: qaSite(),
      placed,
      secret: null,
      gateLine: null,
      undeclared: null,
      settingsFile: "f",
    })
    const [attach, ...others] = steps.filter(({ commands }) => /attach-role-policy/.test(commands.join()))
    expect(others).toEqual([])
    expect(attach?.what).not.toContain("unless")
    const entry = steps.find(({ commands }) => /access-entry/.test(commands.join()))
    expect(entry?.what).toContain("unless the template's Deployer named it")
    expect(entry?.commands).toEqual([
      expect.stringMatching(/^aws eks describe-cluster .* --query cluster\.accessConfig\.authenticationMode/),
      expect.stringMatching(/^# for CONFIG_MAP: aws eks update-cluster-config .*=API_AND_CONFIG_MAP$/),
      expect.stringMatching(/^aws eks create-access-entry .* --kubernetes-groups shop-qa-deployers$/),
      expect.stringMatching(/^# or: aws eks update-access-entry .* GROUPS-IT-HAS shop-qa-deployers$/),
    ])
  })

  test("says where the source is when the template does not know it", () => {
    const deploy = "aws cloudformation deploy"
    const unknown = commandsFor({ site: qaSite({ sourceUrl: "../shop" }) })
    expect(wordsOf(unknown, deploy).slice(-2)).toEqual(["--parameter-overrides", "SourceUrl=URL"])
    const told = stepsFor({ site: qaSite({ sourceUrl: "../shop" }) }).map(({ what }) => what)
    expect(told.join("\n")).toContain("URL is where CodeBuild clones the repository from")
    expect(wordsOf(commandsFor({}), deploy)).not.toContain("--parameter-overrides")
  })

  test("turns kubectl to the cluster of EKS, unless there is a context to name", () => {
    expect(wordsOf(commandsFor({}), "aws eks update-kubeconfig").slice(-1)).toEqual(["main"])
    const named = commandsFor({ site: qaSite({ clusterContext: "blue" }) })
    expect(named.join("\n")).not.toContain("update-kubeconfig")
    expect(wordsOf(named, "kubectl --context blue create")).toEqual([
      ...["--context", "blue", "create", "namespace", "shop-qa"],
    ])
  })

  test("passes names on as they are, whatever the shell would make of them", () => {
    const odd = "my 'ctx'; echo $(id) `id`"
    const commands = commandsFor({
      site: qaSite({ eks: null, clusterContext: odd, secret: "a b" }),
      settingsFile: odd,
    })
    expect(wordsOf(commands, "kubectl --context 'my '\\''ctx'\\''; echo $(id) `id`' create")[1]).toBe(odd)
    expect(wordsOf(commands, "aws secretsmanager create-secret").at(-1)).toBe("a b")
    expect(wordsOf(commands, "git add")[1]).toBe(odd)
  })

  test("puts no policy in the place of another before somebody has compared them", () => {
    const kmsKey = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    const commands = commandsFor({ site: qaSite({ kmsKey }) }).filter((one) => one.includes("key-policy"))
    expect(commands).toEqual([
      expect.stringMatching(/^aws kms get-key-policy /),
      expect.stringMatching(
        /^# then: aws kms put-key-policy .* --policy file:\/\/envseal\/qa\/policies\/key\.json$/,
      ),
    ])
  })

  test("names the settings where they are not called as usual", () => {
    const commands = commandsFor({ settingsFile: "shop settings.yaml" })
    expect(commands).toContain("envseal deploy qa --config 'shop settings.yaml'")
    expect(commandsFor({})).toContain("envseal deploy qa")
  })

  test("gives the secret its values in an editor or from a .env, with all checks", () => {
    const commands = commandsFor({ settingsFile: "shop.yaml" })
    const at = commands.indexOf("envseal secret edit qa --config shop.yaml")
    expect(commands[at + 1]).toBe("# or: envseal secret import qa dotenv:PATH --config shop.yaml")
    expect(commands.join("\n")).not.toMatch(/\/dev\/shm|put-secret-value|--secret-string/)
  })
})
