import { describe, expect, test } from "vitest"
import type { Workload } from "../../src/core/kubernetes.ts"
import { writeReleases } from "../../src/deploy/core/release.ts"
import { manifestsIn } from "../../src/doctor/core/manifest.ts"
import { judgeManifests } from "../../src/doctor/core/manifest-variables.ts"
import { remedyText } from "../../src/doctor/core/remedy.ts"
import { judgeLiveImage } from "../../src/doctor/core/workload-image.ts"
import { shopRepository } from "../fake/aws/deploy-world.ts"
import { settings, web } from "../script/doctor/site.ts"

const [wanted] = settings.workloads
if (wanted === undefined) throw new Error("the settings have a workload")
const imageOf = (digit: string) => `${shopRepository}@sha256:${digit.repeat(64)}`

describe("the image of a workload", () => {
  const judge = (
    image: string,
    recorded: string | null,
    part: { readonly manager?: string; readonly kind?: "Deployment" | "CronJob" } = {},
  ) => {
    const { manager, kind = "Deployment" } = part
    const pod = { "f:spec": { "f:containers": { 'k:{"name":"app"}': { "f:image": {} } } } }
    const job = { "f:spec": { "f:template": pod } }
    const spec = kind === "CronJob" ? { "f:jobTemplate": job } : { "f:template": pod }
    const template = { spec: { containers: [{ name: "app", image }] } }
    const metadata = {
      ...{ name: "web", uid: "1", resourceVersion: "1" },
      ...(recorded === null
        ? {}
        : { annotations: { "envseal.dev/releases": writeReleases([{ images: { app: recorded } }]) } }),
      managedFields: [
        ...(manager === undefined ? [] : [{ manager, fieldsV1: { "f:spec": spec } }]),
        { manager: "kubectl-scale", fieldsV1: { "f:spec": { "f:replicas": {} } } },
      ],
    }
    const workload = (
      kind === "CronJob"
        ? { kind, metadata, spec: { jobTemplate: { spec: { template } } } }
        : { kind, metadata, spec: { template } }
    ) as Workload
    return judgeLiveImage(settings, wanted, workload, ["app"])
  }

  test("is in order when it is as the last deploy gave it, also by the name of a mirror", () => {
    expect(judge(imageOf("1"), imageOf("1"))).toMatchObject({ answer: "ok" })
    const mirrored = imageOf("1").replace(shopRepository, "mirror.local/shop")
    expect(judge(mirrored, imageOf("1"))).toMatchObject({ answer: "ok" })
  })

  test("is in order before the first deploy", () => {
    expect(judge(imageOf("1"), null)).toMatchObject({
      ...{ answer: "ok", text: "sha256:111111111111, from before the first deploy" },
    })
  })

  test.each(["Deployment", "CronJob"] as const)(
    "that something else has put into a %s is told with what set it, and the deploy that puts it right",
    (kind) => {
      const finding = judge(imageOf("2"), imageOf("1"), { manager: "kubectl-client-side-apply", kind })
      expect(finding.answer).toBe("no")
      expect(finding.text).toBe(
        "has sha256:222222222222, and the last deploy gave it sha256:111111111111; kubectl-client-side-apply set it",
      )
      expect(finding.remedies.map(remedyText)).toEqual([
        `run: envseal deploy production --image ${imageOf("1")}`,
      ])
    },
  )

  test("that is an example's is told, with what ran before, or a new build", () => {
    const after = judge(imageOf("0"), imageOf("1"), { manager: "kubectl" })
    expect(after.text).toContain("app has the image of an example, which no registry has; kubectl set it")
    expect(after.remedies.map(remedyText)).toEqual([`run: envseal deploy production --image ${imageOf("1")}`])
    const before = judge(imageOf("0"), null)
    expect([before.answer, ...before.remedies.map(remedyText)]).toEqual([
      "no",
      "run: envseal deploy production",
    ])
  })
})

describe("the manifest of a workload", () => {
  const text = (image: string | null) =>
    JSON.stringify(web, null, 2).replace(
      /,\s*"image": "111[^"]*"/,
      image === null ? "" : `, "image": ${JSON.stringify(image)}`,
    )
  const judge = (image: string | null) => {
    const findings = judgeManifests(settings, manifestsIn(text(image), "web.yaml"))
    const [found] = findings.filter(
      ({ link, about }) => link === "manifest.image" && about === "deployment/web",
    )
    if (found === undefined) throw new Error("it is judged")
    return found
  }

  test("is in order without an image", () => {
    expect(judge(null)).toMatchObject({ answer: "ok", text: expect.stringContaining("what runs stays") })
  })

  test("with the image of an example is told to be broken, with the line that is to go", () => {
    const finding = judge(imageOf("0"))
    expect(finding.answer).toBe("no")
    expect(finding.remedies.map(remedyText)).toEqual([
      expect.stringMatching(/^remove the line of the image at web\.yaml:\d+:\d+$/),
    ])
  })

  test("with another image is told what that does when it is applied again", () => {
    expect(judge(`${shopRepository}:1`)).toMatchObject({
      ...{ answer: "ok", text: expect.stringMatching(/:1 at web\.yaml:\d+:\d+; applied again, it takes/) },
    })
  })
})
