import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readComposer } from "../../../src/setup/core/composer.ts"
import { dockerignoreFor } from "../../../src/setup/core/dockerignore.ts"
import { eksClusterOf } from "../../../src/setup/core/eks-context.ts"
import {
  branchOf,
  gitattributesWith,
  gitignoreWith,
  originOf,
  repositoryNameOf,
} from "../../../src/setup/core/git-files.ts"
import { baseImageFor } from "../../../src/setup/core/php-version.ts"
import { templateFiles } from "../../../src/setup/core/template-files.ts"

describe("readComposer", () => {
  test("tells name, Laravel and PHP, and prefers the platform that dependencies were chosen for", () => {
    const root = { name: "acme/till", require: { php: "^8.2", "laravel/framework": "^12.0" } }
    expect(readComposer(JSON.stringify(root))).toEqual({
      ...{ name: "acme/till", laravel: "^12.0", php: "^8.2", loaded: [], outside: [] },
      ...{ extensions: [], packages: ["laravel/framework"] },
    })
    const pinned = { ...root, config: { platform: { php: "8.3.1" } } }
    expect(readComposer(JSON.stringify(pinned))?.php).toBe("8.3.1")
  })

  test("takes anything, and tells nothing of what is no composer.json", () => {
    const nothing = {
      ...{ name: null, laravel: null, php: null, loaded: [], outside: [] },
      ...{ extensions: [], packages: [] },
    }
    expect(readComposer("{}")).toEqual(nothing)
    expect(readComposer('{"require":[],"config":1,"name":{},"autoload":"x"}')).toEqual(nothing)
    for (const text of ["", "[]", "null", "{"]) expect(readComposer(text)).toBeNull()
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    expect(readComposer(`{"autoload":{"psr-4":${deep}}}`)).toEqual(nothing)
    fc.assert(fc.property(fc.json(), (text) => void readComposer(text)))
  })
})

test("a constraint that is far too long for one is not understood, at once", () => {
  expect(baseImageFor([" ".repeat(300_000)])).toBeNull()
})

test("what composer.json loads is let into the image, beside what every Laravel app has", () => {
  const autoload = {
    "psr-4": { "App\\": "app/", "Modules\\": ["Modules/", "./packages/a/src"], "X\\": "" },
    classmap: ["database/seeds", "../elsewhere"],
    files: ["helpers.php"],
  }
  const { loaded } = readComposer(JSON.stringify({ autoload })) ?? { loaded: [] }
  expect(loaded).toEqual(["app", "Modules", "packages", "database", "helpers.php"])
  const lines = templateFiles.dockerignore.split("\n")
  const after = lines.indexOf("!vendor") + 1
  const own = ["!Modules", "!packages", "!helpers.php"]
  expect(dockerignoreFor({ loaded, hasAssets: false, server: null }).split("\n")).toEqual([
    ...lines.slice(0, after),
    ...own,
    ...lines.slice(after),
  ])
  expect(dockerignoreFor({ loaded: [], hasAssets: false, server: null })).toBe(templateFiles.dockerignore)
})

test.each([
  ["^8.2", "php:8.4-fpm"],
  ["^8.5", "php:8.5-fpm"],
  [">=8.1 <8.4", "php:8.3-fpm"],
  [">= 8.1, < 8.3", "php:8.2-fpm"],
  ["~8.2.0", "php:8.2-fpm"],
  ["~8.2", "php:8.4-fpm"],
  ["8.3.*", "php:8.3-fpm"],
  ["8.3.12", "php:8.3-fpm"],
  ["8.*", "php:8.4-fpm"],
  ["^7.3|^8.0", "php:8.4-fpm"],
  ["^7.4 || ^5.6", "php:7.4-fpm"],
  ["<=8.2", "php:8.2-fpm"],
  ["<8.2.5", "php:8.2-fpm"],
  [">8.4", "php:8.4-fpm"],
  ["*", "php:8.4-fpm"],
  ["^9.0", null],
  ["dev-main", null],
  ["", null],
])("PHP %j is satisfied by the image %s", (constraint, image) => {
  expect(baseImageFor([constraint])).toBe(image === null ? null : `public.ecr.aws/docker/library/${image}`)
})

test.each([
  [["^8.2", ">=8.1 <8.4"], "php:8.3-fpm"],
  [["^8.2", "dev-main", "~8.2.0"], "php:8.2-fpm"],
  [["~8.2.0", ">=8.3"], null],
  [[], "php:8.4-fpm"],
])("PHP %j, of an app and of its packages, is satisfied by the image %s", (constraints, image) => {
  expect(baseImageFor(constraints)).toBe(image === null ? null : `public.ecr.aws/docker/library/${image}`)
})

describe("of git's files", () => {
  const config = (url: string) =>
    `[core]\n\tbare = false\n[remote "fork"]\n\turl = git@x:y/fork.git\n[remote "origin"]\n\tfetch = +refs/*\n\turl = ${url}\n[branch "main"]\n\turl = no\n`

  test.each([
    ["git@git.example.com:acme/till.git", "git@git.example.com:acme/till.git", "till"],
    ["https://git.example.com/acme/till", "https://git.example.com/acme/till", "till"],
    ["https://user:token@git.example.com/acme/till.git/", "https://git.example.com/acme/till.git/", "till"],
  ])("the origin %s is told without a password, and names the repository", (url, shown, name) => {
    expect(originOf(config(url))).toBe(shown)
    expect(repositoryNameOf(shown)).toBe(name)
  })

  test("no origin is none", () => {
    expect(originOf("[core]\n")).toBeNull()
    expect(originOf('[remote "origin"]\n[x]\n\turl = no\n')).toBeNull()
    expect(originOf("")).toBeNull()
  })

  test("a branch is told, and a commit is none", () => {
    expect(branchOf("ref: refs/heads/feature/x\n")).toBe("feature/x")
    expect(branchOf("ref: refs/remotes/origin/main\n")).toBe("main")
    expect(branchOf("0123456789abcdef0123456789abcdef01234567\n")).toBeNull()
  })
})

test("a context that is the ARN of an EKS cluster tells account, region and name, and no other does", () => {
  expect(eksClusterOf("arn:aws:eks:eu-central-1:444455556666:cluster/blue")).toEqual({
    ...{ account: "444455556666", region: "eu-central-1", name: "blue" },
  })
  for (const name of ["minikube", "arn:aws:eks:eu-central-1:444455556666:nodegroup/blue", ""])
    expect(eksClusterOf(name)).toBeNull()
})

describe("gitattributesWith", () => {
  const line = "boot.sh text eol=lf\n"

  test.each([
    [null, line],
    ["* text=auto\n", `* text=auto\n${line}`],
    ["*.php diff=php", `*.php diff=php\n${line}`],
    ["* text=auto eol=crlf\n", `* text=auto eol=crlf\n${line}`],
    ["* text=auto eol=lf\n\n*.md diff=markdown\n", "* text=auto eol=lf\n\n*.md diff=markdown\n"],
    ["*.sh eol=lf\r\n", "*.sh eol=lf\r\n"],
    ["*.php diff=php\r\n*.md text", "*.php diff=php\r\n*.md text\r\nboot.sh text eol=lf\r\n"],
  ])("makes of %j %j", (before, after) => {
    expect(gitattributesWith(before)).toBe(after)
    expect(gitattributesWith(after)).toBe(after)
  })
})

describe("gitignoreWith", () => {
  test.each([
    [null, ".env\n.env.sealed\n"],
    ["", ".env\n.env.sealed\n"],
    ["/vendor", "/vendor\n.env\n.env.sealed\n"],
    ["/vendor\n.env\n", "/vendor\n.env\n.env.sealed\n"],
    ["/.env*\n", "/.env*\n"],
  ])("makes of %j %j", (before, after) => {
    expect(gitignoreWith(before)).toBe(after)
  })

  test("keeps what is there, and has nothing to add the second time", () => {
    fc.assert(
      fc.property(fc.string(), (before) => {
        const once = gitignoreWith(before)
        expect(once.startsWith(before)).toBe(true)
        expect(gitignoreWith(once)).toBe(once)
      }),
    )
  })
})
