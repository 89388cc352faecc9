import { describe, expect, test } from "vitest"
import { type BuildspecDemands, judgeBuildspec } from "../../src/doctor/core/buildspec.ts"
import { judgeDockerfile } from "../../src/doctor/core/dockerfile.ts"
import { judgeDockerignore } from "../../src/doctor/core/dockerignore.ts"
import type { Finding } from "../../src/doctor/core/finding.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"

function told({ answer, remedies }: Finding): readonly string[] {
  return [answer, ...remedies.map(remedyText)]
}

describe("a .dockerignore", () => {
  test.each([
    [".env"],
    ["**/.env\n"],
    [".env*\n!.env.sealed"],
    ["/.env"],
    ["*\n!app\n!.env.sealed"],
    ["!.env\n.env"],
    ["# what stays out\n\n.e?v"],
    ["**\n!src\n!.env.sealed"],
    ["**/*\n!**/*.sealed"],
    [".en[v]"],
    [".e[a-z]v"],
    [".en[^w]"],
    ["\\.env"],
    ["./app/../.env/"],
    ["\uFEFF.env\r\n"],
    ["!.env.sealed\n  .env  "],
    [".env\n!.env/x"],
  ])("of %j keeps .env out", (text) => {
    expect(told(judgeDockerignore(text))).toEqual(["ok"])
  })

  test.each([
    [null],
    [""],
    ["env\n"],
    [".env.*\n"],
    [".env\n!.env\n"],
    ["app/.env\n"],
    ["xenv\n"],
    [".ENV\n"],
    ["[.env]\n"],
    ["**\n!.e*\n"],
    ["*\n![.]env\n"],
    ["#\n #.env\n"],
    ["(.env)\n"],
    ["a|.env\n"],
    [".env+\n"],
    ["^.env\n"],
  ])("of %j lets .env in, and the remedy says what to append", (text) => {
    expect(told(judgeDockerignore(text))).toEqual([
      "no",
      "run: printf '%s\\n' '.env' '.env.*' '!.env.sealed' '!.env.example' >> .dockerignore",
    ])
  })

  test.each([
    ["*\n"],
    [".env*\n"],
    [".env\n.env.sealed\n"],
    ["**\n!src\n"],
    [".en[v]*\n"],
    ["*\n!.env.SEALED\n"],
  ])("of %j would keep .env.sealed out", (text) => {
    expect(told(judgeDockerignore(text))).toEqual([
      "no",
      "run: printf '%s\\n' '!.env.sealed' >> .dockerignore",
    ])
  })

  test.each([
    [".env\n[", 2],
    ["# one\n\na[\n.env", 3],
    [".env\r\n[z-a]\r\n", 2],
    ["![", 1],
    [".env\n ! \n", 2],
  ])("of %j has a line that Docker cannot read, and the finding says which", (text, line) => {
    expect(judgeDockerignore(text)).toMatchObject({
      answer: "no",
      text: `line ${line} is no pattern that Docker can read`,
      remedies: [{ type: "advice", text: `mend line ${line} of .dockerignore` }],
    })
  })

  test.each([["app/.env"], ["*"], [""], ["**"], [".ENV"]])("of %j is right once that is appended", (text) => {
    let grown = text
    for (let round = 0; round < 2; round += 1) {
      const [remedy] = judgeDockerignore(grown).remedies
      if (remedy?.type !== "command") break
      const [, ...lines] = [...remedy.text.matchAll(/'([^']*)'/g)].map(([, line]) => line)
      grown += lines.map((line) => `${line}\n`).join("")
    }
    expect(told(judgeDockerignore(grown))).toEqual(["ok"])
  })
})

describe("a Dockerfile", () => {
  const good = `FROM php:8.4-fpm AS app
COPY . /app
FROM php:8.4-fpm
ENTRYPOINT ["envseal", "open", \\
  "--", "boot"]
COPY .env.sealed .
`

  test("that opens what is sealed is ok", () => {
    expect(told(judgeDockerfile(good))).toEqual(["ok"])
  })

  test("that is not there is for a person to write", () => {
    expect(told(judgeDockerfile(null))).toEqual(["no", "write one: envseal init, or docs/container.md"])
  })

  test("with another entry point is told which one, and where", () => {
    const text = good.replace('["envseal", "open", \\\n  "--", "boot"]', '["boot"]')
    expect(told(judgeDockerfile(text))).toEqual([
      "no",
      'set ENTRYPOINT to ["envseal","open","--require-tmpfs","--","boot"] at Dockerfile:4:1',
    ])
  })

  test("whose entry point stands in an earlier stage has none", () => {
    const text = good.replace("COPY .env.sealed .", "FROM php:8.4-fpm\nCOPY .env.sealed .")
    expect(judgeDockerfile(text).text).toBe("it has no ENTRYPOINT")
  })

  test("without the sealed file is told to copy it", () => {
    expect(judgeDockerfile(good.replace("COPY .env.sealed .\n", "")).text).toBe(
      "it does not copy .env.sealed",
    )
  })

  test.each([
    ["COPY .env .", ".env"],
    ["COPY --chown=0:0 ./.env /app/", ".env"],
    ['ADD [".env.production", "/app/"]', ".env.production"],
  ])("with %s copies plaintext", (line, name) => {
    const finding = judgeDockerfile(`${good}${line}\n`)
    expect(told(finding)).toEqual(["no", `remove ${name} at Dockerfile:7:1`])
  })

  test("with a .env out of another stage is not checked: what is in it is known in the build alone", () => {
    expect(told(judgeDockerfile(`${good}COPY --from=app /app/.env .\n`))).toEqual(["not checked"])
  })

  test.each([["COPY .env.example ."], ["# COPY .env ."]])(
    "with %s copies nothing of the build's folder that is plaintext",
    (line) => {
      expect(told(judgeDockerfile(`${good}${line}\n`))).toEqual(["ok"])
    },
  )
})

describe("a buildspec", () => {
  const good = `version: 0.2
env:
  exported-variables: [ENVSEAL_IMAGE]
phases:
  pre_build:
    commands:
      - |
        set -eu
        envseal seal
        [ -z "\${ENVSEAL_RESEAL_FROM:-}" ] || envseal reseal
`
  const demands: BuildspecDemands = {
    builds: true,
    environments: ["production", "qa"],
    given: [],
    secrets: ["shop/production"],
    variables: ["ENVSEAL_IMAGE"],
  }
  const judge = (text: string | null) => judgeBuildspec(text, "buildspec.yml", demands)

  test("that is not there is missed only where CodeBuild builds", () => {
    expect(told(judge(null))).toEqual(["no", "write one: envseal init, or docs/container.md"])
    expect(told(judgeBuildspec(null, "buildspec.yml", { ...demands, builds: false }))).toEqual([
      "not checked",
    ])
  })

  test("that seals and tells the image is ok", () => {
    expect(told(judge(good))).toEqual(["ok"])
  })

  test.each(["npx envseal -q seal", "./envseal seal -e production", "set -e; envseal seal"])(
    "that runs %s seals",
    (line) => {
      expect(told(judge(good.replace("envseal seal", line)))).toEqual(["ok"])
    },
  )

  test("that does not seal is told where", () => {
    expect(told(judge(good.replace("envseal seal", "envseal --version; echo seal")))).toEqual([
      "no",
      "add envseal seal to phases.pre_build.commands at buildspec.yml:7:7",
    ])
  })

  test("that does not tell the image is told to export it, beside what it exports", () => {
    expect(told(judge(good.replace("[ENVSEAL_IMAGE]", "[COMMIT]")))).toEqual([
      "no",
      'set env.exported-variables to ["COMMIT","ENVSEAL_IMAGE"] at buildspec.yml:3:23',
    ])
  })

  test("that gives the app's secret to every command is told to remove it", () => {
    const text = good.replace(
      "  exported-variables",
      '  secrets-manager:\n    DB: "shop/production:DB_PASSWORD"\n    OTHER: shop/production-tools\n  exported-variables',
    )
    expect(told(judge(text))).toEqual([
      "no",
      "remove DB at buildspec.yml:4:5: envseal seal reads the secret itself",
    ])
  })

  const choosing = (branches: string) =>
    good.replace(
      "        set -eu\n",
      `        case $ENVSEAL_ENVIRONMENT in\n          ${branches}\n        esac\n`,
    )

  test.each([
    "production | staging) ;;\n          *) echo no >&2; exit 2 ;;",
    'production) ;;\n          "staging") ;;\n          *) exit 2 ;;',
    "(production) ;;\n          (*) exit 2 ;;",
  ])("that ends the build of an environment is told to name it: %j", (branches) => {
    const finding = judge(choosing(branches))
    expect(finding.answer).toBe("no")
    expect(finding.text).toBe("its case of ENVSEAL_ENVIRONMENT ends the build of qa")
    expect(told(finding)[1]).toMatch(/^add qa to the case in buildspec\.yml: production \|.*qa\) ;;$/)
  })

  test.each([
    "production | qa) ;;\n          *) exit 2 ;;",
    "production) ;;\n          qa) ;;\n          *) exit 2 ;;",
    "production) echo hello ;;",
    "production) ;;\n          *) echo another ;;",
    "prod* | qa) ;;\n          *) exit 2 ;;",
    "production | q?) ;;\n          *) exit 2 ;;",
    "[a-z]*) ;;\n          *) exit 2 ;;",
    "production) ;; # the shop\n          qa) ;;\n          *) exit 2 ;;",
    "production) ;;\n          *) test -f other || exit 2 ;;",
    "production) ;;\n          *) if [ -z x ]; then exit 2; fi ;;",
  ])("that builds every environment is ok: %j", (branches) => {
    expect(told(judge(choosing(branches)))).toEqual(["ok"])
  })

  const carrying = (digest: string) =>
    good.replace("env:\n", `env:\n  variables:\n    ENVSEAL_BINARY: a.b/envseal@sha256:${digest}\n`)

  test("whose carrier has the digest of an example is not checked: the project may set another", () => {
    const finding = judge(carrying("0".repeat(64)))
    expect(told(finding)).toEqual(["not checked"])
    expect(finding.text).toContain("the digest of an example, and names no image, at buildspec.yml:4:21")
  })

  test("whose carrier has a digest is ok, and so is one whose deploy gives the carrier", () => {
    expect(told(judge(carrying("0".repeat(63).concat("1"))))).toEqual(["ok"])
    const given = { ...demands, given: ["ENVSEAL_BINARY"] }
    expect(told(judgeBuildspec(carrying("0".repeat(64)), "buildspec.yml", given))).toEqual(["ok"])
  })

  test.each([[null], ["a: [b"]])("of %j is no buildspec", (text) => {
    expect(judge(text).answer).toBe("no")
  })
})
