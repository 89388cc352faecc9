import { describe, expect, test } from "vitest"
import { EnvsealError } from "../../../src/core/error.ts"
import { encodeUtf8 } from "../../../src/core/text.ts"
import type { NewSecret } from "../../../src/ports/secrets.ts"
import { addEnvironmentTo, type EnvAddPorts } from "../../../src/setup/run/env-add.ts"
import { failureOf } from "../../fake/failure.ts"
import { MemoryRepository } from "../memory-repository.ts"

const settings = `version: 1
app: shop
defaults: { account: "111122223333", region: eu-west-1 }
environments:
  staging: { build: { project: shop-staging } }
`

const request = { file: "envseal.yaml", name: "qa", from: null, given: {}, createSecret: true, dryRun: false }

/** A repository with settings alone, and what was done, in order. */
function ports(part: { readonly account?: string; readonly disk?: "full" } = {}) {
  const done: string[] = []
  const made: NewSecret[] = []
  const own: EnvAddPorts = {
    tree: {
      look: async (path) =>
        path === "envseal.yaml" ? { type: "file", bytes: encodeUtf8(settings) } : { type: "nothing" },
      write: async (changes) => {
        if (part.disk === "full") throw new EnvsealError("WRITE_FAILED", "the disk is full")
        done.push(`write ${changes.length}`)
      },
    },
    repository: { ...new MemoryRepository({}).ports, root: "" },
    aws: async () => ({
      account: { whoAmI: async () => ({ account: part.account ?? "111122223333", arn: "arn" }) },
      secrets: {
        create: async (secret) => {
          done.push("create")
          made.push(secret)
          return "created"
        },
      },
    }),
    tellSecret: (name, outcome) => done.push(`tell ${name} ${outcome}`),
  }
  return { own, done, made }
}

describe("adding an environment with its secret", () => {
  test("makes the secret first, tells it, and then writes everything at once", async () => {
    const { own, done, made } = ports()
    const { files, secret } = await addEnvironmentTo(request, own)
    expect(done).toEqual(["create", "tell shop/qa created", `write ${files.length + 1}`])
    expect(secret).toEqual({ name: "shop/qa", outcome: "created" })
    expect(made).toEqual([{ name: "shop/qa", description: "shop in qa: sealed by envseal", kmsKey: null }])
  })

  test("tells that it is made when nothing can be written after it", async () => {
    const { own, done } = ports({ disk: "full" })
    expect(await failureOf(() => addEnvironmentTo(request, own))).toMatchObject({ code: "WRITE_FAILED" })
    expect(done).toEqual(["create", "tell shop/qa created"])
  })

  test("makes and writes nothing with credentials of another account", async () => {
    const { own, done } = ports({ account: "444455556666" })
    expect(await failureOf(() => addEnvironmentTo(request, own))).toMatchObject({ code: "WRONG_ACCOUNT" })
    expect(done).toEqual([])
  })

  test("makes and writes nothing when it is only to show what it would do", async () => {
    const { own, done } = ports()
    const { secret, difference } = await addEnvironmentTo({ ...request, dryRun: true }, own)
    expect(done).toEqual([])
    expect(secret.outcome).toBeNull()
    expect(difference.join("\n")).toContain("+  qa:")
  })
})

describe("an environment of an app with manifests of its own", () => {
  const file = `version: 1
app: shop
environments:
  staging:
    account: "111122223333"
    region: eu-west-1
    build: { project: shop-staging }
    cluster: { eks: main, namespace: shop-staging }
    workloads: [deployment/front]
`
  const manifest = (name: string, account: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  template:
    spec:
      serviceAccountName: ${account}
      containers: [{ name: app, image: shop, env: [{ name: ENVSEAL_EXPECT, value: app=shop }] }]
`
  const podRole = async (manifests: Readonly<Record<string, string>>) => {
    const { tree, ...repository } = new MemoryRepository({ "envseal.yaml": file, ...manifests }).ports
    const { own } = ports()
    const asked = { ...request, createSecret: false, dryRun: true }
    const { files } = await addEnvironmentTo(asked, { ...own, tree, repository: { ...repository, root: "" } })
    const template = files.find(({ path }) => path === "envseal/qa/cloudformation.yaml")?.text ?? ""
    return /ServiceAccount: (\S+)/.exec(template)?.[1]
  }

  test("gives its role to the service account that they name", async () => {
    const manifests = { "k8s/front.yaml": manifest("front", "web"), "k8s/other.yaml": manifest("other", "x") }
    expect(await podRole(manifests)).toBe("web")
  })

  test("gives its role to one that is called after the app where there are none", async () => {
    expect(await podRole({})).toBe("shop")
  })
})
