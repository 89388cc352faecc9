import { describe, expect, test } from "vitest"
import { type ImageBuild, judgeDockerfile } from "../../../src/doctor/core/dockerfile.ts"
import { remedyText } from "../../../src/doctor/core/remedy.ts"

function building(files: Readonly<Record<string, string>> = {}, target: string | null = null): ImageBuild {
  const context = { files: new Map(Object.entries(files)), isIgnored: () => false }
  return { file: "Dockerfile", target, given: {}, context }
}

const forwarding = '#!/bin/sh\nset -e\nexec envseal open -- "$@"\n'

describe("an entry point that opens is ok:", () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['ENTRYPOINT ["envseal", "open", "--", "boot"]', {}],
    ['entrypoint ["/usr/local/bin/envseal", "--quiet", "open", "--", "boot"]', {}],
    ["ENTRYPOINT envseal open -- php-fpm", {}],
    ["ENTRYPOINT exec envseal open -- php-fpm", {}],
    ['CMD ["envseal", "open", "--", "php-fpm"]', {}],
    ["CMD envseal open -- php-fpm", {}],
    ['ENTRYPOINT ["/sbin/tini", "-g", "--", "envseal", "open", "--", "php-fpm"]', {}],
    ['ENTRYPOINT ["sh", "-c", "umask 077; exec envseal open -- php-fpm"]', {}],
    ['ENTRYPOINT ["npx", "envseal", "open", "--", "node", "server.js"]', {}],
    ['COPY start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["php-fpm"]', { "start.sh": forwarding }],
    ['COPY docker/start.sh /usr/local/bin/start\nENTRYPOINT ["start"]', { "docker/start.sh": forwarding }],
    ['COPY docker/bin/ /usr/local/bin/\nENTRYPOINT ["start.sh"]', { "docker/bin/start.sh": forwarding }],
    ['COPY . .\nENTRYPOINT ["/app/docker/start.sh"]', { "docker/start.sh": forwarding }],
    ['COPY . .\nENTRYPOINT ["bash", "docker/start.sh"]', { "docker/start.sh": forwarding }],
    [
      'COPY start.sh run.sh /\nENTRYPOINT ["/run.sh"]',
      { "run.sh": "#!/bin/sh\n/start.sh php-fpm\n", "start.sh": forwarding },
    ],
    ['COPY a.sh /a.sh\nRUN ln -s /a.sh /b.sh\nENTRYPOINT ["/b.sh"]', { "a.sh": forwarding }],
    [`COPY <<'EOF' /start.sh\n${forwarding}EOF\nENTRYPOINT ["/start.sh"]`, {}],
    [`RUN cat > /start.sh <<'EOF'\n${forwarding}EOF\nENTRYPOINT ["/start.sh"]`, {}],
    ["COPY docker/entry /usr/local/bin/docker-php-entrypoint", { "docker/entry": forwarding }],
    [
      'COPY s.sh /s.sh\nENTRYPOINT ["/s.sh"]',
      { "s.sh": "if [ -z $LOCAL ]; then\n  exec envseal open -- php-fpm\nfi\nexec php-fpm\n" },
    ],
    ['SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nENTRYPOINT envseal open -- php-fpm', {}],
  ])("%s", (lines, files) => {
    const text = `FROM php:8.4-fpm\nWORKDIR /app\nCOPY .env.sealed .\n${lines}\n`
    expect(judgeDockerfile(text, building(files))).toMatchObject({ answer: "ok" })
  })

  test("inherited from a stage, with the sealed file", () => {
    const text = `FROM php:8.4-fpm AS base
ENTRYPOINT ["envseal", "open", "--", "boot"]
COPY .env.sealed .
FROM base AS Production
RUN true
FROM base AS test
ENTRYPOINT ["phpunit"]
`
    expect(judgeDockerfile(text, building({}, "production")).answer).toBe("ok")
    expect(judgeDockerfile(text, building()).text).toBe("its ENTRYPOINT is not envseal open")
    expect(judgeDockerfile(text, building({}, "none")).text).toBe("it has no stage none")
  })

  test("with a sealed file of another name, or in a place of its own", () => {
    const text = (name: string) =>
      `FROM php:8.4-fpm\nENTRYPOINT ["envseal", "open", "--in", "/etc/shop.sealed", "--", "php-fpm"]\nCOPY build/${name} /etc/shop.sealed\n`
    expect(judgeDockerfile(text("out"), building()).answer).toBe("ok")
    expect(judgeDockerfile(text("out").replace(/COPY.*\n/, ""), building()).text).toBe(
      "it does not copy shop.sealed",
    )
  })
})

describe("an entry point that does not open is a no, and the remedy keeps it:", () => {
  test.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["php-fpm"]',
      '["envseal","open","--require-tmpfs","--","docker-entrypoint.sh"]',
      {},
    ],
    [
      'ENTRYPOINT ["php", "artisan", "octane:start"]',
      '["envseal","open","--require-tmpfs","--","php","artisan","octane:start"]',
      {},
    ],
    [
      "ENTRYPOINT php artisan serve --port=$PORT",
      '["envseal","open","--require-tmpfs","--","/bin/sh","-c","php artisan serve --port=$PORT"]',
      {},
    ],
    [
      'COPY s.sh /s.sh\nENTRYPOINT ["/s.sh"]\nCMD ["php-fpm"]',
      '["envseal","open","--require-tmpfs","--owner","www-data","--","/s.sh"]',
      { "s.sh": '#!/bin/sh\n# envseal open -- "$@"\necho envseal open\nexec "$@"\n' },
    ],
    [
      'USER www-data\nCMD ["php-fpm"]',
      '["envseal","open","--require-tmpfs","--","docker-php-entrypoint"]',
      {},
    ],
  ])("%s", (lines, words, files) => {
    const text = `FROM php:8.4-fpm\nWORKDIR /app\nCOPY .env.sealed .\n${lines}\n`
    const finding = judgeDockerfile(text, building(files))
    expect(finding.answer).toBe("no")
    expect(finding.remedies.map(remedyText)[0]).toContain(`set ENTRYPOINT to ${words} at Dockerfile:`)
  })

  test("in the shell form, which gets nothing of CMD", () => {
    const text = `FROM php:8.4-fpm\nENTRYPOINT envseal open --require-tmpfs -- boot\nCMD ["php-fpm"]\nCOPY .env.sealed .\n`
    expect(judgeDockerfile(text)).toMatchObject({
      text: "its ENTRYPOINT is in the shell form, so that CMD is never given to it",
      remedies: [{ setting: "ENTRYPOINT", place: "Dockerfile:2:1" }],
    })
  })
})

describe("a value that stands in an entry point under a secret's name is not repeated:", () => {
  const before = '"envseal","open","--require-tmpfs","--"'
  test.each([
    ["ENTRYPOINT DB_PASSWORD=hunter2 php artisan serve", `ENTRYPOINT [${before},"/bin/sh","-c","…"]`],
    [
      'ENTRYPOINT ["env", "DB_PASSWORD=hunter2", "php", "artisan"]',
      `ENTRYPOINT [${before},"env","…","php","artisan"]`,
    ],
    ["ENTRYPOINT [ 'php', '--password=hunter2' ]", `ENTRYPOINT [${before},"php","…"]`],
    [
      'ENTRYPOINT ["php", "--api-token", "hunter2", "x"]',
      `ENTRYPOINT [${before},"php","--api-token","…","x"]`,
    ],
    [
      'ENTRYPOINT DB_PASSWORD=hunter2 envseal open -- boot\nCMD ["x"]',
      'ENTRYPOINT ["env","…","envseal","open","--","boot"]',
    ],
    [
      'ENTRYPOINT ["sh", "-c", "DB_PASSWORD=hunter2 envseal open -- $@"]\nCMD ["php"]',
      'ENTRYPOINT ["sh","-c","…","sh"]',
    ],
    ['CMD ["php", "--password=hunter2"]\nFROM base', 'CMD ["php","…"]'],
  ])("%s", (lines, shown) => {
    const finding = judgeDockerfile(`FROM php:8.4-cli AS base\n${lines}\nCOPY .env.sealed .\n`, building())
    expect(finding.answer).toBe("no")
    expect(finding.remedies.map(remedyText).at(-1)).toMatch(/with what is there for …/)
    expect(finding.remedies.map(remedyText).at(-1)).toContain(`write ${shown} at Dockerfile:`)
    expect(JSON.stringify(finding)).not.toContain("hunter2")
  })
})

test("a shell form that sets a variable before it opens gets a JSON form that sets it too", () => {
  const text = (entry: string) => `FROM php:8.4-fpm\n${entry}\nCMD ["php-fpm"]\nCOPY .env.sealed .\n`
  expect(judgeDockerfile(text("ENTRYPOINT APP_ENV=live envseal open -- boot"))).toMatchObject({
    remedies: [{ value: '["env","APP_ENV=live","envseal","open","--","boot"]' }],
  })
  expect(judgeDockerfile(text('ENTRYPOINT ["env","APP_ENV=live","envseal","open","--","boot"]')).answer).toBe(
    "ok",
  )
})

test("an entry point that is a shell in the JSON form keeps CMD too, unless its text takes it", () => {
  const text = (inner: string) =>
    `FROM php:8.4-fpm\nENTRYPOINT ["/bin/sh", "-ec", "${inner}"]\nCMD ["php-fpm"]\nCOPY .env.sealed .\n`
  expect(judgeDockerfile(text("envseal open -- boot"))).toMatchObject({
    answer: "no",
    remedies: [{ setting: "ENTRYPOINT", value: '["envseal","open","--","boot"]' }],
  })
  expect(judgeDockerfile(text("exec envseal open -- $0 $@")).answer).toBe("ok")
})

test("the first word of CMD is lost to a shell that has no name before it", () => {
  const text = (inner: string, command: string, name = "") =>
    `FROM php:8.4-fpm\nENTRYPOINT ["sh", "-c", "exec envseal open -- ${inner}"${name}]\nCMD ${command}\nCOPY .env.sealed .\n`
  expect(judgeDockerfile(text("$@", '["php-fpm"]'))).toMatchObject({
    answer: "no",
    text: "its ENTRYPOINT takes the first word of CMD for the name of its shell",
    remedies: [{ value: '["sh","-c","exec envseal open -- $@","sh"]' }],
  })
  expect(judgeDockerfile(text("$@", '["php-fpm"]', ', "sh"')).answer).toBe("ok")
  expect(judgeDockerfile(text("$@", '["--", "php-fpm"]')).answer).toBe("ok")
})

test("a script that clears the cache before it opens is ok", () => {
  const text = `FROM php:8.4-fpm\nWORKDIR /app\nCOPY . .\nRUN php artisan config:cache\nENTRYPOINT ["/app/start.sh"]\n`
  const start = "#!/bin/sh\nphp artisan config:clear\nexec envseal open -- php-fpm\n"
  expect(judgeDockerfile(text, building({ "start.sh": start })).answer).toBe("ok")
  const other = start.replace("config:clear", "about")
  expect(judgeDockerfile(text, building({ "start.sh": other })).answer).toBe("no")
})

test("a script that reads what open prints is not checked", () => {
  const text = `FROM php:8.4-fpm\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["/app/start.sh"]\n`
  const start = (line: string) => building({ "start.sh": `#!/bin/sh\n${line}\nexec php-fpm\n` })
  expect(judgeDockerfile(text, start('eval "$(envseal open --stdout)"')).answer).toBe("not checked")
  expect(judgeDockerfile(text, start('# eval "$(envseal open --stdout)"')).answer).toBe("no")
})

test.each([
  ["COPY .env.sealed /etc/shop/", "", "it has /etc/shop/.env.sealed, and open looks for /app/.env.sealed"],
  ["COPY . .\nWORKDIR public", "", "it has /app/.env.sealed, and open looks for /app/public/.env.sealed"],
  [
    "COPY .env.sealed /etc/",
    '"production", "--in", "/run/.env.sealed", ',
    "it has /etc/.env.sealed, and open looks for /run/.env.sealed",
  ],
  ["COPY .env.sealed /etc/", '"production", "--in", "/etc/.env.sealed", ', null],
  ["COPY .env.sealed /app/", '"--in", "./.env.sealed", ', null],
])("a sealed file that is not where open looks is not checked: %s %s", (lines, options, doubt) => {
  const text = `FROM php:8.4-fpm\nWORKDIR /app\n${lines}\nENTRYPOINT ["envseal", "open", ${options}"--", "php-fpm"]\n`
  expect(judgeDockerfile(text, building())).toMatchObject(
    doubt === null ? { answer: "ok" } : { answer: "not checked", text: expect.stringContaining(doubt) },
  )
})

test("an entry point in single quotes is no JSON, and the remedy writes it as such", () => {
  const text = (words: string) => `FROM php:8.4-fpm\nENTRYPOINT ${words}\nCOPY .env.sealed .\n`
  expect(judgeDockerfile(text("[ 'envseal', 'open', '--', 'php-fpm' ]"))).toMatchObject({
    answer: "no",
    remedies: [{ place: "Dockerfile:2:1", value: '["envseal","open","--","php-fpm"]' }],
  })
  expect(judgeDockerfile(text("['php-fpm']")).remedies).toMatchObject([
    { value: '["envseal","open","--require-tmpfs","--","php-fpm"]' },
  ])
})

test("a script that puts envseal before its arguments opens", () => {
  const script = '#!/bin/sh\nif [ "$1" = php-fpm ]; then set -- envseal open -- "$@"; fi\nexec "$@"\n'
  const text = 'FROM php:8.4-fpm\nCOPY . /app\nENTRYPOINT ["/app/start.sh"]\nCMD ["php-fpm"]\n'
  expect(judgeDockerfile(text, building({ "start.sh": script })).answer).toBe("ok")
})

describe("an entry point of an image that nobody knows is not checked:", () => {
  test.each([
    ["FROM registry.example.com/php:8.4\nCOPY .env.sealed .\n"],
    ["ARG BASE\nFROM $BASE\nCOPY .env.sealed .\n"],
    ['FROM mycompany/php\nCOPY .env.sealed .\nENTRYPOINT ["start"]\n'],
    ['FROM php:8.4-fpm\nCOPY .env.sealed .\nCOPY missing.sh /\nENTRYPOINT ["/missing.sh"]\n'],
    ['FROM php:8.4-fpm\nCOPY .env.sealed .\nCOPY --from=tools /start /start\nENTRYPOINT ["/start"]\n'],
  ])("%s", (text) => {
    const finding = judgeDockerfile(text, building())
    expect(finding).toMatchObject({ answer: "not checked", remedies: [] })
    expect(finding.text).toMatch(/envseal scan proves it in the build$/)
  })

  test("unless what it starts runs envseal open all the same", () => {
    const text =
      'FROM registry.example.com/php:8.4\nCOPY .env.sealed .\nENTRYPOINT ["envseal", "open", "--", "php-fpm"]\n'
    expect(judgeDockerfile(text, building()).answer).toBe("ok")
  })
})
