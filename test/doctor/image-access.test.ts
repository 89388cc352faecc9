import { describe, expect, test } from "vitest"
import { EnvsealError, type ErrorCode } from "../../src/core/error.ts"
import type { Fact } from "../../src/doctor/core/fact.ts"
import { advice } from "../../src/doctor/core/remedy.ts"
import { judgeImageAccess } from "../../src/doctor/core/repository.ts"
import { learnImageAccess } from "../../src/doctor/run/image-access.ts"
import type { ImageReader } from "../../src/ports/image-store.ts"
import { settings } from "../script/doctor/site.ts"

const patience = { race: <T>(_: string, work: Promise<T>) => work }

/** A registry that has nothing, and refuses each question with this code; `null` for one that it answers. */
function registry(
  manifest: ErrorCode | null,
  blob: ErrorCode,
): { readonly images: ImageReader; asked: string[] } {
  const asked: string[] = []
  const images: ImageReader = {
    async manifest(_, reference) {
      asked.push(reference)
      if (manifest !== null) throw new EnvsealError(manifest, "no manifest")
      return null
    },
    async *blob(_, { digest }) {
      asked.push(digest)
      yield await Promise.reject(new EnvsealError(blob, "no layer"))
    },
  }
  return { images, asked }
}

const learnt = (...codes: Parameters<typeof registry>) =>
  learnImageAccess("a.b/shop", registry(...codes).images, patience)

describe("what is denied of reading images", () => {
  test.each<[ErrorCode | null, ErrorCode, readonly string[]]>([
    [null, "IMAGE_UNUSABLE", []],
    ["ACCESS_DENIED", "IMAGE_UNUSABLE", ["ecr:BatchGetImage"]],
    [null, "ACCESS_DENIED", ["ecr:GetDownloadUrlForLayer"]],
    ["ACCESS_DENIED", "ACCESS_DENIED", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]],
  ])("when a manifest is answered with %s and a layer with %s is %j", async (manifest, blob, denied) => {
    expect(await learnt(manifest, blob)).toEqual({ known: true, value: denied })
  })

  test("is not known when the repository is not there, or ECR does not answer", async () => {
    expect(await learnt("IMAGE_UNUSABLE", "IMAGE_UNUSABLE")).toMatchObject({
      known: false,
      why: "no manifest",
    })
    expect(await learnt(null, "REMOTE_FAILED")).toMatchObject({ known: false, why: "no layer" })
  })

  test("is asked of a digest that nothing has", async () => {
    const { images, asked } = registry(null, "IMAGE_UNUSABLE")
    await learnImageAccess("a.b/shop", images, patience)
    expect(asked).toEqual([`sha256:${"0".repeat(64)}`, `sha256:${"0".repeat(64)}`])
  })
})

describe("the right to read images", () => {
  const judge = (
    denied: Fact<readonly string[]>,
    repository: Parameters<typeof judgeImageAccess>[2] = null,
  ) => judgeImageAccess(settings, denied, repository, advice("grant it"))
  const all = { known: true, value: [] } as const

  test("is ok where nothing is denied", () => {
    expect(judge(all)).toMatchObject({ link: "repository.read", about: "shop", answer: "ok", remedies: [] })
  })

  test("that is missing is not checked, and comes with what grants it", () => {
    expect(judge({ known: true, value: ["ecr:BatchGetImage"] })).toMatchObject({
      answer: "not checked",
      text: "ecr:BatchGetImage is not allowed to you, which deploy --reseal alone needs",
      remedies: [{ type: "advice", text: "grant it" }],
    })
  })

  test("waits for a repository that does not exist, and not for one that may not be described", () => {
    expect(judge(all, { known: true, value: null }).waitsFor).toEqual({ link: "repository", about: "shop" })
    expect(judge(all, { known: false, error: null, why: "denied" }).answer).toBe("ok")
  })

  test("is not checked where ECR gave no answer", () => {
    expect(judge({ known: false, error: null, why: "ECR is away" })).toMatchObject({
      answer: "not checked",
      text: "ECR is away",
      remedies: [],
    })
  })
})
