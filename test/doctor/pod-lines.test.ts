import { describe, expect, test } from "vitest"
import { parseDocument, stringify } from "yaml"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import type { ImageBuild } from "../../src/doctor/core/dockerfile.ts"
import { manifestsIn } from "../../src/doctor/core/manifest.ts"
import { overlayIn } from "../../src/doctor/core/overlay.ts"
import { judgePodLines, type PodLineFacts } from "../../src/doctor/core/pod-lines.ts"
import { unknownContext } from "../../src/doctor/core/recipe/context.ts"
import { signalSource } from "../../src/doctor/core/recipe/signals.ts"
import { type Remedy, remedyText } from "../../src/doctor/core/remedy.ts"
import { dockerfileFor } from "../../src/setup/core/dockerfile.ts"
import { firstTemplateFiles } from "../../src/setup/core/first-template-files.ts"
import { templateFiles } from "../../src/setup/core/template-files.ts"
import { unknownApp } from "../setup/core/apps.ts"
import { applyRemedies } from "./recipe/apply-remedy.ts"

const settings = environmentOf(parseConfig(templateFiles.settings, "envseal.yaml"), "production")
const build: ImageBuild = { file: "Dockerfile", target: null, given: {}, context: unknownContext }
const today: PodLineFacts = { isFpmClosed: true, signals: signalSource(templateFiles.dockerfile, build) }
const first: PodLineFacts = { isFpmClosed: true, signals: signalSource(firstTemplateFiles.dockerfile, build) }
const parts = ["web", "worker", "schedule"] as const
type Texts = Readonly<Record<(typeof parts)[number], string>>

function judge(texts: Partial<Texts>, facts = today, overlays: Parameters<typeof judgePodLines>[2] = []) {
  const manifests = Object.entries(texts).flatMap(([part, text]) => manifestsIn(text, `${part}.yaml`))
  return judgePodLines(settings, manifests, overlays, facts)
}

/** A text after an edit, as a person does it who reads "set A.B to VALUE". */
function edited(text: string, { setting, value }: Extract<Remedy, { type: "edit" }>): string {
  const [head = "", ...others] = text.split(/^---$/m)
  const document = parseDocument(head)
  const path = setting.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  document.setIn(path, JSON.parse(value))
  return [stringify(document), ...others].join("---\n")
}

describe("the manifests of today", () => {
  test("have no line that is known to be bad", () => {
    const findings = judge(templateFiles)
    expect(findings.map(({ link, about }) => `${link} ${about}`)).toEqual([
      "manifest.pod deployment/shop-web",
      "manifest.pod deployment/shop-worker",
      "manifest.pod cronjob/shop-schedule",
    ])
    for (const { answer, text, remedies } of findings) {
      expect({ answer, text }).toEqual({ answer: "ok", text: "no line of it is known to be bad" })
      expect(remedies).toEqual([])
    }
  })

  test("are not looked at where Kustomize makes them, or there are several of one name", () => {
    const overlay = overlayIn("resources: [web.yaml, worker.yaml, schedule.yaml]\n", "kustomization.yaml")
    expect(judge(templateFiles, today, overlay === null ? [] : [overlay])).toEqual([])
    expect(judge({ web: `${templateFiles.web}---\n${templateFiles.web}` })).toEqual([])
  })
})

describe("the manifests of version 0.1.0", () => {
  test("are told by what does not work in them, with its place", () => {
    const [web, worker, schedule] = judge(firstTemplateFiles, first)
    expect(web?.answer).toBe("no")
    expect(web?.text).toBe(
      "startupProbe asks php-fpm from outside of its pod, where nobody may reach it; livenessProbe asks php-fpm from outside of its pod, where nobody may reach it",
    )
    expect(web?.remedies.map(remedyText)[0]).toMatch(
      /^set spec\.template\.spec\.containers\.0\.startupProbe to \{"exec":.*"failureThreshold":60\} at web\.yaml:\d+:\d+$/,
    )
    expect(worker?.answer).toBe("no")
    expect(worker?.text).toContain("queue:work never hears that it is to end")
    expect(worker?.remedies.map(remedyText)).toEqual([
      expect.stringMatching(/^set RUN to \["docker-php-ext-install","pcntl"\] at Dockerfile:\d+:1$/),
    ])
    expect(schedule?.answer).toBe("ok")
    expect(schedule?.remedies.map(remedyText)).toEqual([
      expect.stringMatching(/enableServiceLinks to false at schedule\.yaml:/),
    ])
  })

  test("end without a word when the remedies are applied as they are printed, round by round", () => {
    const texts: Record<string, string> = { ...firstTemplateFiles }
    let dockerfile: string = firstTemplateFiles.dockerfile
    const said: string[] = []
    for (let round = 0; round < 4; round += 1) {
      const facts = { isFpmClosed: true, signals: signalSource(dockerfile, build) }
      const shown = Object.fromEntries(parts.map((part) => [part, texts[part] ?? ""]))
      for (const { remedies, text } of judge(shown, facts)) {
        for (const remedy of remedies) {
          said.push(text)
          if (remedy.type === "command") {
            // It writes that file again, as a test of init --update holds.
            expect(remedy.text).toBe("envseal init --update")
            texts["web"] = templateFiles.web
          } else if (remedy.type === "edit" && remedy.place.startsWith("Dockerfile:"))
            dockerfile = applyRemedies(dockerfile, [remedy])
          else if (remedy.type === "edit") {
            const [part = ""] = remedy.place.split(".yaml")
            texts[part] = edited(texts[part] ?? "", remedy)
          }
        }
      }
    }
    const facts = { isFpmClosed: true, signals: signalSource(dockerfile, build) }
    const last = judge(Object.fromEntries(parts.map((part) => [part, texts[part] ?? ""])), facts)
    expect(last.map(({ answer, remedies }) => [answer, remedies.length])).toEqual(Array(3).fill(["ok", 0]))
    expect(dockerfile).toMatch(/^RUN \["docker-php-ext-install","pcntl"\]$/m)
    for (const words of ["asks php-fpm", "never hears", "is a 404", "counts as ready", "REDIS_PORT"])
      expect(said.join("\n")).toContain(words)
  })
})

describe("a pod", () => {
  const pod = (more: string, kind = "Deployment") => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: shop-web }
spec: { template: { spec: { enableServiceLinks: false, ${more} } } }
`
  const wordsOf = (text: string, facts = today) =>
    judge({ web: text }, facts).map((one) => [one.answer, one.text])

  test("may ask another port by tcpSocket, and php-fpm's where that may be open to the node", () => {
    const asks = (port: number) =>
      pod(`containers: [{ name: app, readinessProbe: { tcpSocket: { port: ${port} } } }]`)
    expect(wordsOf(asks(8080))[0]?.[0]).toBe("ok")
    expect(wordsOf(asks(9000))[0]?.[0]).toBe("no")
    expect(wordsOf(asks(9000), { ...today, isFpmClosed: false })[0]?.[0]).toBe("ok")
  })

  test("may have a web server that knows where files are", () => {
    const server = (line: string) =>
      `${pod("containers: [], volumes: [{ name: n, configMap: { name: nginx } }]")}---
apiVersion: v1
kind: ConfigMap
metadata: { name: nginx }
data: { default.conf: "server { ${line} fastcgi_pass app:9000; }" }
`
    expect(wordsOf(server("root /static;"))).toEqual([["ok", "no line of it is known to be bad"]])
    expect(wordsOf(server(""))).toEqual([["ok", expect.stringContaining("is a 404, unless a CDN has it")]])
  })

  test("that is no worker needs no probe, and one with words of its own is not understood", () => {
    const runs = (args: string) => pod(`containers: [{ name: app, args: ${args} }]`)
    expect(wordsOf(runs('["php", "artisan", "queue:work"]'))[0]?.[1]).toContain("counts as ready")
    expect(wordsOf(runs('["node", "server.js"]'))[0]?.[1]).toBe("no line of it is known to be bad")
  })
})

describe("whether PHP in an image takes signals", () => {
  const answerTo = (...lines: readonly string[]) => signalSource(`${lines.join("\n")}\n`, build).type

  test.each<[string, readonly string[]]>([
    ["the official image alone", ["FROM php:8.4-fpm", "COPY . ."]],
    ["the same from AWS's registry", ["FROM public.ecr.aws/docker/library/php:8.4-cli", "COPY . ."]],
    ["other extensions", ["FROM php:8.4-fpm", "RUN docker-php-ext-install pdo_mysql bcmath"]],
    ["a comment on it", ["FROM php:8.4-fpm", "# RUN docker-php-ext-install pcntl", "COPY . ."]],
    ["another stage's", ["FROM php:8.4-fpm AS php", "FROM php AS app", "COPY . ."]],
  ])("is known to be no, of %s", (_, lines) => {
    expect(answerTo(...lines)).toBe("missing")
  })

  test.each<[string, readonly string[]]>([
    ["it is installed", ["FROM php:8.4-fpm", "RUN docker-php-ext-install pcntl"]],
    ["a variable says what is installed", ["FROM php:8.4-fpm", "RUN docker-php-ext-install $EXTENSIONS"]],
    ["a script installs", ["FROM php:8.4-fpm", "RUN ./install.sh"]],
    ["files of extensions are copied", ["FROM php:8.4-fpm", "COPY ext.ini /usr/local/etc/php/conf.d/"]],
    ["the image is another one", ["FROM serversideup/php:8.4-fpm-nginx", "COPY . ."]],
    ["the image is not known", ["ARG BASE", "FROM ${BASE}", "COPY . ."]],
  ])("is not said to be no where %s", (_, lines) => {
    expect(answerTo(...lines)).toBe("there or unknown")
  })

  test("is not asked of a repository without a Dockerfile, nor no of what init writes", () => {
    expect(signalSource(null, build).type).toBe("there or unknown")
    for (const server of [null, "frankenphp", "roadrunner", "swoole"] as const) {
      const text = dockerfileFor("public.ecr.aws/docker/library/php:8.4-fpm", { ...unknownApp, server })
      expect(signalSource(text, build).type).toBe("there or unknown")
    }
  })
})
