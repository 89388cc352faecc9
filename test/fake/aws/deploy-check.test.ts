import { describe, expect, test } from "vitest"
import { builtDigest, deployWorld, shopCluster, shopProject, successPlay } from "./deploy-world.ts"
import type { World } from "./world.ts"
import { checkWorld } from "./world-check.ts"

const repository = (part: object) => ({ repositories: [{ name: "shop", images: [], ...part }] })
const image = { digest: builtDigest, tags: ["latest"], pushedAt: "2026-01-01" }
const cluster = (part: object) => ({ eksClusters: [{ ...shopCluster("https://127.0.0.1", ""), ...part }] })
const association = {
  id: "a-0123456789abcdefg",
  namespace: "shop",
  serviceAccount: "web",
  roleArn: "arn:aws:iam::111122223333:role/app",
}
const project = (part: object) => ({ projects: [shopProject([{}], part)] })
const play = (part: object) => ({ projects: [shopProject([part])] })

test("the deploy world can be, and is plain JSON", () => {
  const world = { ...deployWorld, ...cluster({}), projects: [shopProject([successPlay(), {}])] }
  expect(() => checkWorld(world)).not.toThrow()
  expect(JSON.parse(JSON.stringify(world))).toEqual(world)
})

describe("a world cannot be", () => {
  test.each<[title: string, part: object, message: string]>([
    ["with an unknown member of a project", project({ tags: [] }), "unknown member tags"],
    ["with a project whose name is none", project({ name: "a b" }), "a b is no name of a project"],
    ["with two projects of one name", { projects: [shopProject(), shopProject()] }, "shop is there twice"],
    ["with a source that is none", project({ source: { type: "SVN" } }), "SVN is no type of a source"],
    [
      "with logs that are neither on nor off",
      project({ logsConfig: { s3Logs: { status: "ON" } } }),
      "ON is no status",
    ],
    ["with a machine that is none", project({ environment: { type: "MAC" } }), "MAC is no type"],
    ["with a machine of no size", project({ environment: { computeType: "TINY" } }), "TINY is no size"],
    [
      "with a reference to plain text",
      project({ environment: { references: [{ name: "A", value: "b", type: "PLAINTEXT" }] } }),
      "PLAINTEXT is no type of a reference",
    ],
    ["with tags of no mutability", repository({ imageTagMutability: "SOLID" }), "SOLID is no mutability"],
    [
      "with an association without an id",
      cluster({ podIdentityAssociations: [{ ...association, id: "x" }] }),
      "x is no id of an association",
    ],
    [
      "with an association of no role",
      cluster({ podIdentityAssociations: [{ ...association, roleArn: "x" }] }),
      "x is no ARN of a role",
    ],
    [
      "with two associations of one service account",
      cluster({ podIdentityAssociations: [association, { ...association, id: "a-zzzzzzzzzzzzzzzzz" }] }),
      "shop/web is there twice",
    ],
    ["with a project that plays nothing", project({ plays: [] }), "has no play"],
    ["with an unknown member of a play", play({ phases: [] }), "unknown member phases"],
    ["with the time of a phase that is none", play({ seconds: { DEPLOY: 1 } }), "unknown member DEPLOY"],
    ["with a time that goes back", play({ seconds: { BUILD: -1 } }), "-1 is no number of seconds"],
    [
      "with a failure of no phase",
      play({ failure: { phase: "COMPLETED" } }),
      "COMPLETED is no phase that can fail",
    ],
    [
      "with a failure that succeeds",
      play({ failure: { phase: "BUILD", status: "SUCCEEDED" } }),
      "no status of a failure",
    ],
    [
      "with lines out of order",
      play({
        lines: [
          { at: 2, text: "" },
          { at: 1, text: "" },
        ],
      }),
      "not in order",
    ],
    [
      "with a pushed digest that is none",
      play({ image: { repository: "a", tags: [], digest: "x" } }),
      "x is no digest",
    ],
    ["with a digest that is none", repository({ images: [{ ...image, digest: "x" }] }), "x is no digest"],
    [
      "with one tag on two images",
      repository({ images: [image, { ...image, digest: `${builtDigest.slice(0, -1)}c` }] }),
      "latest is there twice",
    ],
    ["with an image of no time", repository({ images: [{ ...image, pushedAt: "now" }] }), "now is no time"],
    ["with an image of no status", repository({ images: [{ ...image, status: "OLD" }] }), "OLD is no status"],
    [
      "with two repositories of one name",
      {
        repositories: [
          { name: "a", images: [] },
          { name: "a", images: [] },
        ],
      },
      "is there twice",
    ],
    ["with a cluster at no address", cluster({ endpoint: "x" }), "x is no endpoint"],
    ["with a certificate that is no base64", cluster({ ca: "%" }), "is no base64"],
    [
      "with an access entry of no role",
      cluster({ accessEntries: [{ role: "x", groups: [] }] }),
      "x is no ARN of a role",
    ],
    ["with a clock that stands still", { buildClock: { speed: 0 } }, "a buildClock has"],
    ["with a clock of two kinds", { buildClock: { speed: 1, stepSeconds: 1 } }, "a buildClock has"],
    ["with a clock of no kind", { buildClock: {} }, "a buildClock has"],
  ])("%s", (_, part, message) => {
    expect(() => checkWorld({ ...deployWorld, ...part } as World)).toThrow(message)
  })
})
