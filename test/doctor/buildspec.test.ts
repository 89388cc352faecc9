import { describe, expect, test } from "vitest"
import { type BuildspecDemands, judgeBuildspec } from "../../src/doctor/core/buildspec.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import { refersTo } from "../../src/doctor/core/secret-match.ts"

const demands: BuildspecDemands = {
  builds: true,
  environments: ["production"],
  given: [],
  secrets: ["shop/production"],
  variables: ["ENVSEAL_IMAGE"],
}

function judge(text: string, scripts: Readonly<Record<string, string>> = {}) {
  return judgeBuildspec(text, "buildspec.yml", { ...demands, scripts: new Map(Object.entries(scripts)) })
}

/** A buildspec whose only command is this one. */
function running(command: string, env = ""): string {
  const lines = command.split("\n").map((line) => `          ${line}`)
  return `version: 0.2
env:
  exported-variables: [ENVSEAL_IMAGE]
${env}phases:
  pre_build:
    commands:
      - |
${lines.join("\n")}
      - docker build .
`
}

describe("a buildspec seals with", () => {
  test.each([
    "envseal seal",
    "envseal \\\n  seal -e production",
    "npx --yes envseal@1.2 seal",
    '"$HOME/bin/envseal" --quiet seal',
    "ENVSEAL_ENVIRONMENT=staging envseal seal",
    "if [ -f envseal.yaml ]; then envseal seal; fi",
    "set -e && envseal seal && envseal inspect",
    "(cd app && envseal seal)",
    "time envseal seal",
    "timeout 60 envseal seal",
    'docker run --rm -v "$PWD:/app" "$ENVSEAL_BINARY" seal',
    'docker run --rm -e ENVSEAL_ENVIRONMENT --env ENVSEAL_KMS_KEY -v "$PWD:/app" "$ENVSEAL_BINARY" seal',
    "docker run --rm 111122223333.dkr.ecr.eu-west-1.amazonaws.com/envseal:1 envseal seal -e production",
    "bash -euc 'envseal seal'",
  ])("%s", (command) => {
    expect(judge(running(command))).toMatchObject({
      answer: "ok",
      text: expect.stringMatching(/^buildspec\.yml, which cannot reseal: /),
    })
  })

  test.each([
    "./build/seal.sh",
    "bash build/seal.sh production",
    ". build/seal.sh",
    "sh -e $CODEBUILD_SRC_DIR/build/seal.sh",
  ])("a script of the repository that does: %s", (command) => {
    const script = { "build/seal.sh": "#!/bin/sh\nset -e\nenvseal seal\n" }
    expect(judge(running(command), script).answer).toBe("ok")
    expect(judge(running(command), { "build/seal.sh": "# envseal seal\n" }).answer).toBe("no")
    expect(judge(running(command))).toMatchObject({ answer: "not checked", remedies: [] })
  })

  test("a command in an anchor that is repeated", () => {
    const text = `version: 0.2
x-seal: &seal [envseal seal]
env: { exported-variables: [ENVSEAL_IMAGE] }
phases: { pre_build: { commands: *seal }, build: { commands: [docker build .] } }
`
    expect(judge(text).answer).toBe("ok")
  })

  test.each(["pre_build", "install", "build"])("the end of %s, when the image is built later", (phase) => {
    const text = `version: 0.2
env: { exported-variables: [ENVSEAL_IMAGE] }
phases: { ${phase}: { commands: [env], finally: [envseal seal] }, post_build: { commands: [docker build ., docker push x] } }
`
    expect(judge(text).answer).toBe("ok")
  })
})

describe("a buildspec does not seal with", () => {
  test.each([
    "# TODO run envseal seal here\ndocker build .",
    "echo envseal seal",
    'echo "run envseal seal first"',
    "envseal --version; echo seal",
    "envseal check",
    "envseal open; seal",
    "cat <<EOF\nenvseal seal\nEOF",
    "npm ci",
    "composer install",
  ])("%s", (command) => {
    const finding = judge(running(command))
    expect(finding.answer).toBe("no")
    expect(finding.text).toBe("no command runs envseal seal")
    expect(finding.remedies.map(remedyText)).toEqual([
      "add envseal seal to phases.pre_build.commands at buildspec.yml:7:7",
    ])
  })

  test.each(["make image", "npm run seal", "composer run-script seal", "just release", "./missing.sh"])(
    "%s as far as is known here, so it is not checked",
    (command) => {
      expect(judge(running(command))).toMatchObject({ answer: "not checked", remedies: [] })
    },
  )

  test.each([
    ["make TOKEN=hunter2 image", "make"],
    ["npm set //registry.example.com/:_authToken=hunter2", "npm set"],
    ["curl -s https://example.com/install | bash -s -- hunter2", "a script on standard input"],
    ["curl -s https://example.com/install | sh -es hunter2", "a script on standard input"],
    ["./missing.sh hunter2", "./missing.sh"],
  ])("what %s runs, and no value of it is repeated", (command, shown) => {
    expect(judge(running(command)).text).toBe(
      `whether ${shown} runs envseal seal is not known here; buildspec.yml does not by itself`,
    )
  })

  test.each([
    ["post_build: { commands: [docker push x], finally: [envseal seal] }"],
    ["build: { commands: [docker build ., envseal seal] }"],
    ["pre_build: { commands: [docker compose build] }, build: { commands: [envseal seal] }"],
    ["build: { commands: [docker buildx build --push .] }, post_build: { commands: [envseal seal] }"],
  ])("%s in time", (phases) => {
    const finding = judge(
      `version: 0.2\nenv: { exported-variables: [ENVSEAL_IMAGE] }\nphases: { ${phases} }\n`,
    )
    expect(finding.text).toBe("it runs envseal seal after the image is built")
    expect(finding.remedies.map(remedyText)).toEqual([
      expect.stringMatching(/^move envseal seal before buildspec\.yml:3:/),
    ])
  })
})

describe("a buildspec that CodeBuild does not take is a no:", () => {
  test.each([
    [
      "no version",
      running("envseal seal").replace("version: 0.2\n", ""),
      "it has no version",
      "set version to 0.2 at buildspec.yml:1:1",
    ],
    [
      "another version",
      running("envseal seal").replace("0.2", "2"),
      "its version is neither 0.1 nor 0.2",
      "set version to 0.2 at buildspec.yml:1:10",
    ],
    [
      "a command with a colon",
      running("envseal seal").replace("docker build .", 'echo "FATAL: no image"'),
      "a command of pre_build.commands is no text to YAML: a colon and a space make it a mapping",
      "put the command at buildspec.yml:9:9 into a block: - | and the command on the next line",
    ],
  ])("%s", (_, text, told, remedy) => {
    const finding = judge(text)
    expect([finding.answer, finding.text]).toEqual(["no", told])
    expect(finding.remedies.map(remedyText)).toEqual([remedy])
  })

  test("and a version that is text is one", () => {
    expect(judge(running("envseal seal").replace("0.2", '"0.2"')).answer).toBe("ok")
  })
})

const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/production"

describe("a variable of the buildspec has the app's secret by", () => {
  test.each([
    ["secrets-manager", "shop/production"],
    ["secrets-manager", "shop/production:DB_PASSWORD"],
    ["secrets-manager", "shop/production:DB_PASSWORD:AWSCURRENT:"],
    ["secrets-manager", arn],
    ["secrets-manager", `${arn}-AbCdEf`],
    ["secrets-manager", `${arn}-AbCdEf:APP_KEY`],
    ["secrets-manager", `${arn}:APP_KEY:AWSPREVIOUS:1b2c3d4e-0000-4000-8000-000000000000`],
    ["parameter-store", "/aws/reference/secretsmanager/shop/production"],
  ])("%s of %s", (kind, reference) => {
    const finding = judge(running("envseal seal", `  ${kind}:\n    APP_KEY: "${reference}"\n`))
    expect(finding.text).toBe(`env.${kind}.APP_KEY gives the app's secret to every command`)
    expect(finding.remedies.map(remedyText)).toEqual([
      "remove APP_KEY at buildspec.yml:5:5: envseal seal reads the secret itself",
    ])
  })

  test.each([
    ["secrets-manager", "shop/production-tools"],
    ["secrets-manager", "shop/staging:DB_PASSWORD"],
    ["secrets-manager", arn.replace("production", "production-tools-AbCdEf")],
    ["parameter-store", "/shop/production"],
    ["parameter-store", "/aws/reference/secretsmanager/shop/composer"],
    ["variables", "shop/production"],
  ])("nothing of %s of %s", (kind, reference) => {
    expect(judge(running("envseal seal", `  ${kind}:\n    NAME: "${reference}"\n`)).answer).toBe("ok")
  })

  test.each([
    [`${arn}-AbCdEf`, arn, true],
    [arn, "shop/production", true],
    [arn.replace("eu-west-1", "us-east-1"), arn, false],
    [`${arn}-AbCdEf`, `${arn}-GhIjKl`, true],
  ])("%s, where the settings name %s: %s", (reference, secret, refers) => {
    expect(refersTo(reference, secret)).toBe(refers)
  })
})

/** Writes what a remedy says at its place, as a person does it. */
function applied(text: string, remedy: string): string {
  const lines = text.split("\n")
  const [, line = "1"] = /buildspec\.yml:(\d+):\d+/.exec(remedy) ?? []
  const at = Number(line) - 1
  const [, setting = "", value = ""] = /^set (\S+) to (.+) at /.exec(remedy) ?? []
  if (setting === "version") lines.splice(at, 0, `version: ${value}`)
  else if (setting === "env.exported-variables") lines[at] = `  exported-variables: ${value}`
  else if (remedy.startsWith("add envseal seal")) lines.splice(at, 0, "      - envseal seal")
  else if (remedy.startsWith("remove ")) lines.splice(at, 1)
  else if (remedy.startsWith("put the command")) {
    lines[at] = (lines[at] ?? "").replace(/^(\s*)- (.*)$/, "$1- |\n$1  $2")
  } else throw new Error(`not to be applied: ${remedy}`)
  return lines.join("\n")
}

test.each([
  [
    "all of them",
    `env:\n  exported-variables: [COMMIT]\n  secrets-manager:\n    APP_KEY: shop/production:APP_KEY\nphases:\n  pre_build:\n    commands:\n      - echo "FATAL: no"\n`,
  ],
  ["none but the seal", running("composer install")],
])("the remedies of a buildspec with %s end in ok when they are applied as printed", (_, before) => {
  let text = before
  for (let round = 0; round < 8 && judge(text).answer === "no"; round += 1) {
    text = applied(text, judge(text).remedies.map(remedyText).at(-1) ?? "")
  }
  expect(judge(text).answer).toBe("ok")
})
