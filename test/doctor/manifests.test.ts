import { describe, expect, test } from "vitest"
import { environmentOf, parseConfig } from "../../src/config/load.ts"
import { manifestsIn } from "../../src/doctor/core/manifest.ts"
import { judgeManifests } from "../../src/doctor/core/manifest-variables.ts"
import { overlayIn, takes } from "../../src/doctor/core/overlay.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"

const key = "arn:aws:kms:eu-west-1:111122223333:key/1b2c3d4e-0000-4000-8000-000000000000"
const image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop"

function settingsWith(workload: string) {
  const text = `version: 1
app: shop
environments:
  production:
    account: "111122223333"
    region: eu-west-1
    secret: shop/production
    recipients: [aws-kms:${key}]
    kmsKeys: [${key}]
    image: { repository: ${image} }
    cluster: { eks: main, namespace: shop }
    workloads: [${workload}]
`
  return environmentOf(parseConfig(text, "envseal.yaml"), "production")
}

const expectation = '{ name: ENVSEAL_EXPECT, value: "app=shop,environment=production" }'
const pin = `{ name: ENVSEAL_KMS_KEY, value: "${key}" }`
const env = `env: [${expectation}, ${pin}]`

/** A Deployment with these containers. */
function deployment(containers: string, before = "", more = ""): string {
  return `${before}apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
${more}      containers:
${containers
  .split("\n")
  .map((line) => `        ${line}`)
  .join("\n")}
`
}

function judge(text: string, workload = "deployment/web") {
  // What it says of the image is judged elsewhere.
  const findings = judgeManifests(settingsWith(workload), manifestsIn(text, "web.yaml")).slice(1)
  return {
    answers: findings.map(({ answer }) => answer),
    text: findings.map((finding) => finding.text).join("; "),
    remedies: findings.flatMap(({ remedies }) => remedies.map(remedyText)),
  }
}

describe("a manifest that says what its pods may open is ok", () => {
  test.each([
    ["by itself", deployment(`- { name: app, image: "${image}:1", ${env} }`)],
    [
      "by an anchor",
      deployment(`- { name: app, image: "${image}:1", env: *env }`, `x-env: &env [${expectation}, ${pin}]\n`),
    ],
    [
      "by a merged mapping",
      deployment("- <<: *app\n  name: app", `x-app: &app { image: "${image}:1", ${env} }\n`),
    ],
    [
      "by several that are merged, where its own counts first",
      deployment(
        `- <<: [*image, *env]\n  name: app\n  ${env}`,
        `x-a: &image { image: "${image}:1" }\nx-b: &env { image: other, env: [] }\n`,
      ),
    ],
    [
      "twice, of which the last counts",
      deployment(
        `- { name: app, image: "${image}", env: [{ name: ENVSEAL_EXPECT, value: x }, ${expectation}, ${pin}] }`,
      ),
    ],
    [
      "in a List",
      `apiVersion: v1\nkind: List\nitems:\n  - ${deployment(`- { name: app, image: "${image}", ${env} }`).replaceAll("\n", "\n    ").trimEnd()}\n`,
    ],
    [
      "in the last of several documents, of which one has a text",
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata:\n  a.txt: |\n    --- no document\n---\n# nothing\n---\n${deployment(`- { name: app, image: "${image}", ${env} }`)}`,
    ],
    [
      "with args of its own",
      deployment(`- { name: app, image: "${image}", args: [php, artisan, horizon], ${env} }`),
    ],
    [
      "with a command that opens",
      deployment(`- { name: app, image: "${image}", command: [envseal, open, --, php-fpm], ${env} }`),
    ],
    [
      "with a shell that opens",
      deployment(
        `- { name: app, image: "${image}", command: [sh, -c, "umask 77; exec envseal open -- php-fpm"], ${env} }`,
      ),
    ],
    [
      "beside a sidecar of another image",
      deployment(
        `- { name: app, image: "${image}:1", ${env} }\n- { name: nginx, image: "nginx:1" }`,
        "",
        '      initContainers: [{ name: log, image: "fluent/fluent-bit:3", restartPolicy: Always }]\n',
      ),
    ],
    [
      "with numbers in quotes",
      deployment(
        `- { name: app, image: "${image}", env: [{ name: DB_PORT, value: "3306" }, ${expectation}, ${pin}] }`,
      ),
    ],
  ])("%s", (_, text) => {
    expect(judge(text)).toMatchObject({ answers: ["ok", "ok"] })
  })

  test("and so is one whose other container is declared to open nothing", () => {
    const text = deployment(
      `- { name: app, image: "${image}:1", ${env} }\n- { name: public, image: "${image}:1", command: [cp] }`,
    )
    expect(judge(text, "{ deployment: web, withoutOpen: [public] }").answers).toEqual(["ok", "ok"])
    expect(judge(text).text).toMatch(/own command in public \(cp\)/)
  })
})

describe("a manifest is a no", () => {
  test("for another environment, and the remedies repeat no value that is there", () => {
    const told = judge(
      deployment(
        `- name: app
  image: ${image}:1
  env:
    - { name: DB_PASSWORD, value: s3cr3t }
    - { name: ENVSEAL_EXPECT, value: "app=shop,environment=staging" }`,
      ),
    )
    expect(told.answers).toEqual(["no", "no"])
    expect(told.remedies).toEqual([
      'set spec.template.spec.containers.0.env.1.value to "app=shop,environment=production" at web.yaml:12:46',
      `set spec.template.spec.containers.0.env.2 to {"name":"ENVSEAL_KMS_KEY","value":"${key}"} at web.yaml:11:13`,
    ])
    expect(JSON.stringify(told)).not.toContain("s3cr3t")
  })

  test("without any variable, and the remedy makes the list", () => {
    expect(judge(deployment(`- { name: app, image: "${image}:1" }`)).remedies[0]).toMatch(
      /^set spec\.template\.spec\.containers\.0\.env to \[\{"name":"ENVSEAL_EXPECT",.*\}\] at web\.yaml:8:11$/,
    )
  })

  test.each([
    ['["/bin/sh", "-c", "exec php artisan horizon # no envseal here"], args: ["envseal"]', "/bin/sh"],
    ["[php, artisan, horizon]", "php"],
  ])("with the command %s, which opens nothing", (command, shown) => {
    const told = judge(deployment(`- { name: app, image: "${image}", command: ${command} }`))
    expect(told.answers).toEqual(["no", "not checked"])
    expect(told.text).toContain(`has its own command in app (${shown})`)
    expect(told.remedies.join()).toMatch(
      /write it as args in web\.yaml, or list the container under withoutOpen at envseal\.yaml:/,
    )
  })

  test("with two images of the repository, and the remedy names the container that opens", () => {
    const told = judge(
      deployment(
        `- { name: nginx, image: "${image}:nginx-1" }\n- { name: php, image: "${image}:fpm-42", ${env} }`,
      ),
    )
    expect(told.answers[0]).toBe("no")
    expect(told.text).toContain("different images")
    expect(told.remedies).toEqual([
      'set workloads.0 to {"deployment":"web","containers":["php"]} at envseal.yaml:12:17',
    ])
  })

  test.each([
    ["3306", "number"],
    ["true", "boolean"],
    ["0.5", "number"],
  ])("with the value %s without quotes, which Kubernetes refuses", (value, kind) => {
    const told = judge(
      deployment(`- name: app\n  image: ${image}\n  env:\n    - { name: SETTING, value: ${value} }`),
    )
    expect(told.text).toContain(`the value of SETTING in app is a ${kind} to YAML`)
    expect(told.remedies).toEqual(["put the value at web.yaml:11:39 in quotes"])
  })
})

describe("a manifest of Kustomize", () => {
  const overlay = overlayIn(
    "resources: [../../base, config.yaml]\npatches: [{ path: web.yaml }]\n",
    "k8s/overlays/production/kustomization.yaml",
  )

  test("is that which a kustomization takes, itself or by its folder", () => {
    expect(overlay?.sources).toEqual([
      "k8s/base",
      "k8s/overlays/production/config.yaml",
      "k8s/overlays/production/web.yaml",
    ])
    const taken = (path: string) => overlay !== null && takes(overlay, path)
    expect(taken("k8s/base/deployment.yaml")).toBe(true)
    expect(taken("k8s/overlays/production/web.yaml")).toBe(true)
    expect(taken("k8s/basement/deployment.yaml")).toBe(false)
    expect(overlayIn("a: [", "kustomization.yaml")).toBeNull()
  })

  test("is not checked, for what is applied is another one", () => {
    const manifests = manifestsIn(
      deployment(`- { name: app, image: "${image}:1" }`),
      "k8s/base/deployment.yaml",
    )
    const findings = judgeManifests(
      settingsWith("deployment/web"),
      manifests,
      overlay === null ? [] : [overlay],
    )
    expect(findings.map(({ answer }) => answer)).toEqual(["not checked", "not checked", "not checked"])
    expect(findings[0]?.text).toBe(
      "Kustomize makes it, by k8s/overlays/production/kustomization.yaml: kubectl kustomize shows what is applied",
    )
  })
})
