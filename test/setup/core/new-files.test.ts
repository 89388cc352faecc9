import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseConfig } from "../../../src/config/load.ts"
import { workloadText } from "../../../src/core/workload.ts"
import { buildspecFor } from "../../../src/setup/core/buildspec.ts"
import { dockerfileFor } from "../../../src/setup/core/dockerfile.ts"
import { workloadsFor } from "../../../src/setup/core/manifests.ts"
import { defaultBaseImage } from "../../../src/setup/core/php-version.ts"
import { settingsTextFor } from "../../../src/setup/core/settings-text.ts"
import { newSite, type Site } from "../../../src/setup/core/site.ts"
import { templateFiles } from "../../../src/setup/core/template-files.ts"
import { readBuildspec } from "../../real/docker/buildspec.ts"
import { unknownApp } from "./apps.ts"
import { exampleNames, oddSites } from "./sites.ts"

/** One app with one to three environments. */
const oddApps = fc.array(oddSites, { minLength: 1, maxLength: 3 }).map((all): [Site, ...Site[]] => {
  const [first, ...others] = all as [Site, ...Site[]]
  const { app, account, region, repository } = first
  const named = new Map(
    others.map((site) => [site.environment, { ...site, app, account, region, repository }]),
  )
  named.delete(first.environment)
  return [withCluster(first), ...[...named.values()].map(withCluster)]
})

function withCluster(site: Site): Site {
  return site.eks === null ? { ...site, clusterContext: "admin@cluster: 1 # of 2" } : site
}

const example = newSite(
  { app: "shop", environment: "production", account: "111122223333", region: "eu-west-1" },
  { eks: "main", kmsKey: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
)

const oddValues = fc.dictionary(
  fc.constantFrom("VITE_APP_NAME", "VITE_KEY", "MIX_OLD"),
  fc
    .oneof(fc.string(), fc.constantFrom("123", "on", "", "${A}", '"', "# x", ": y", "é\\n"))
    .map((text) => text.replaceAll("\0", "")),
  { noNullPrototype: true },
)

describe("settingsTextFor", () => {
  test("writes what says of every environment what its site says, whatever it is called", () => {
    fc.assert(
      fc.property(
        oddApps,
        fc.constantFrom(null, { fromImage: [] }, { fromImage: ["LOG_CHANNEL"] }),
        oddValues,
        (sites, from, publicValues) => {
          const require = from && { file: ".env.example", ...from }
          const text = settingsTextFor(sites, {
            ...{ require, publicValues },
            ...{ recipients: [], workloads: [], more: [] },
          })
          expect(text).not.toMatch(exampleNames)
          const { app, environments } = parseConfig(text, "envseal.yaml")
          expect(app).toBe(sites[0].app)
          expect([...environments.keys()].sort()).toEqual(sites.map(({ environment }) => environment).sort())
          for (const site of sites) {
            const { web, worker, schedule } = workloadsFor(site)
            const read = environments.get(site.environment)
            expect(read).toMatchObject({
              account: site.account,
              region: site.region,
              require: require && { file: ".env.example", except: require.fromImage },
              secrets: [site.secret],
              recipients: [`aws-kms:${site.kmsKey ?? site.keyAlias}`],
              context: { app: site.app, environment: site.environment },
              kmsKeys: site.kmsKey === null ? [] : [site.kmsKey],
              build: { project: site.project, source: site.source, variables: publicValues },
              image: { repository: site.repository },
              cluster: { eks: site.eks, context: site.clusterContext, namespace: site.namespace },
            })
            expect(read?.workloads.map(workloadText)).toEqual([web, worker, schedule])
            expect(read?.hooks.before).toMatchObject([{ command: ["php", "artisan", "migrate", "--force"] }])
          }
        },
      ),
    )
  })

  test("has another recipient beside the key, and the key's ARN in place of an alias that may not be there", () => {
    const age = "age1xmwwc06ly3ee5rytxm9mflaz2u56jjj36s0mypdrwsvlul66mv4q47ryef"
    const text = settingsTextFor([example], {
      require: null,
      recipients: [age],
      workloads: [],
      more: [],
      publicValues: {},
    })
    expect(text).toContain(`recipients: [aws-kms:${example.kmsKey}, ${age}]`)
  })
})

describe("buildspecFor", () => {
  const options = { baseImage: "php:8.2-fpm-alpine", binaryImage: null, publicNames: [] }

  test("writes a buildspec that CodeBuild takes, whatever the app is called", () => {
    fc.assert(
      fc.property(oddApps, fc.boolean(), (sites, hasAssets) => {
        const publicNames = hasAssets ? ["VITE_APP_NAME", "MIX_KEY"] : []
        const text = buildspecFor(sites, { ...options, publicNames })
        expect(text).not.toMatch(exampleNames)
        const { variables, phases } = readBuildspec(text)
        const [{ repository, environment, app }] = sites
        expect(variables).toEqual({
          ENVSEAL_ENVIRONMENT: environment,
          ENVSEAL_BINARY: `${repository.split("/")[0]}/envseal@sha256:${"0".repeat(64)}`,
          ENVSEAL_REPOSITORY: repository,
          BASE_IMAGE: "php:8.2-fpm-alpine",
          ENVSEAL_LIBC: "musl",
        })
        const [build = ""] = phases.build?.commands ?? []
        const named = [...build.matchAll(/--build-arg (\w+) /g)].map(([, name]) => name)
        expect(named).toEqual(publicNames)
        const names = sites.map((site) => site.environment).join(" | ")
        expect(phases.install?.commands[0]).toContain(`\n  ${names}) ;;\n`)
        expect(phases.build?.commands[1]).toContain(`"aws-sm:${app}/$ENVSEAL_ENVIRONMENT#`)
      }),
    )
  })

  test("with the example's names does what the example does", () => {
    const staging = { ...example, environment: "staging" }
    const text = buildspecFor([example, staging], { ...options, baseImage: defaultBaseImage() })
    expect(readBuildspec(text)).toEqual(readBuildspec(templateFiles.buildspec))
  })
})

describe("dockerfileFor", () => {
  test("starts from the image that is named, with the binary for its library", () => {
    expect(dockerfileFor(defaultBaseImage(), unknownApp)).toEqual(
      templateFiles.dockerfile
        .replace("docs/container.md", "docs/container.md of envseal")
        .replace("# docker/envseal.Dockerfile, as", "# The image that carries envseal, as"),
    )
    const alpine = dockerfileFor("registry.example:5000/php:8.2-fpm-alpine", unknownApp)
    expect(alpine).toMatch(/^ARG BASE_IMAGE=registry\.example:5000\/php:8\.2-fpm-alpine$/m)
    expect(alpine).toMatch(/^ARG ENVSEAL_LIBC=musl$/m)
  })
})
