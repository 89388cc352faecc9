import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { manifestsFor } from "../../../src/setup/core/manifests.ts"
import { newSite, type Site } from "../../../src/setup/core/site.ts"
import { templateFiles } from "../../../src/setup/core/template-files.ts"
import { exampleNames, oddSites } from "./sites.ts"

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: unknown; readonly namespace: unknown }
  readonly spec: Record<string, unknown>
}

/** Read as Kubernetes does, by YAML 1.1. */
function resourcesOf(site: Site): Resource[] {
  return manifestsFor(site).flatMap(({ text }) =>
    parseAllDocuments(text, { strict: true, version: "1.1" }).map((document) => {
      expect([...document.errors, ...document.warnings]).toEqual([])
      return document.toJS() as Resource
    }),
  )
}

const label = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/

describe("manifestsFor", () => {
  test("with the example's names writes the example", () => {
    const site = newSite(
      { app: "shop", environment: "production", account: "111122223333", region: "eu-west-1" },
      { eks: "main", kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
    )
    const files = manifestsFor(site, { healthPath: "/health" })
    expect(files.map(({ path }) => path)).toEqual([
      "kubernetes/production/service-account.yaml",
      "kubernetes/production/web.yaml",
      "kubernetes/production/worker.yaml",
      "kubernetes/production/schedule.yaml",
    ])
    const { serviceAccount, web, worker, schedule } = templateFiles
    expect(files.map(({ text }) => text)).toEqual([serviceAccount, web, worker, schedule])
  })

  test("leaves nothing of the example's names, whatever the environment is called", () => {
    fc.assert(
      fc.property(oddSites, (site) => {
        for (const { text, path } of manifestsFor(site)) expect(text, path).not.toMatch(exampleNames)
      }),
    )
  })

  test("names everything by texts that Kubernetes takes, whatever the environment is called", () => {
    fc.assert(
      fc.property(oddSites, (site) => {
        const resources = resourcesOf(site)
        expect(resources.map(({ kind }) => kind)).toEqual([
          ...["ServiceAccount", "Deployment", "ConfigMap", "Service", "Deployment", "CronJob"],
        ])
        for (const { kind, metadata } of resources) {
          expect(metadata.namespace).toBe(site.namespace)
          expect(metadata.name).toEqual(expect.stringMatching(label))
          if (kind === "CronJob") expect(String(metadata.name).length).toBeLessThanOrEqual(52)
        }
        expect(resources[0]?.metadata.name).toBe(site.serviceAccount)
        for (const { serviceAccountName, containers } of resources.flatMap(podOf)) {
          expect(serviceAccountName).toBe(site.serviceAccount)
          const [app] = containers
          expect(app).not.toHaveProperty("image")
          const pins = site.kmsKey === null ? [] : [{ name: "ENVSEAL_KMS_KEY", value: site.kmsKey }]
          expect(app?.env).toEqual([
            { name: "ENVSEAL_EXPECT", value: `app=${site.app},environment=${site.environment}` },
            ...pins,
          ])
        }
      }),
    )
  })

  test("selects the pods that it labels", () => {
    fc.assert(
      fc.property(oddSites, (site) => {
        for (const { kind, spec } of resourcesOf(site)) {
          if (kind !== "Deployment") continue
          const { selector, template } = spec as unknown as Selecting
          expect(template.metadata.labels).toEqual(selector.matchLabels)
          expect(selector.matchLabels["app"]).toEqual(expect.stringMatching(label))
        }
      }),
    )
  })

  test("without a KMS key has its pin as a comment alone, and says what belongs there", () => {
    const site = newSite({ app: "a", environment: "b", account: "222233334444", region: "us-east-1" })
    const texts = manifestsFor(site).map(({ text }) => text)
    expect(texts.join("")).not.toContain("arn:aws:kms")
    expect(
      texts.filter((text) => /^ +# - \{ name: ENVSEAL_KMS_KEY, value: ARN \}$/m.test(text)),
    ).toHaveLength(3)
  })

  test("takes another context and another path to ask for readiness", () => {
    const site = newSite({ app: "a", environment: "b", account: "222233334444", region: "us-east-1" })
    const [, web] = manifestsFor(site, { context: { app: "a", stage: "x y" }, healthPath: "/ready" })
    expect(web?.text).toContain('value: "app=a,stage=x y"')
    expect(web?.text).toContain("path: /ready,")
  })
})

interface Selecting {
  readonly selector: { readonly matchLabels: Record<string, unknown> }
  readonly template: { readonly metadata: { readonly labels: unknown } }
}

interface Pod {
  readonly serviceAccountName: unknown
  readonly containers: readonly { readonly image: unknown; readonly env?: unknown }[]
}

function podOf({ kind, spec }: Resource): Pod[] {
  if (kind === "Deployment") return [(spec as unknown as { template: { spec: Pod } }).template.spec]
  if (kind !== "CronJob") return []
  return [
    (spec as unknown as { jobTemplate: { spec: { template: { spec: Pod } } } }).jobTemplate.spec.template
      .spec,
  ]
}
