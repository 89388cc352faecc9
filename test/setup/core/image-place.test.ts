import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseAllDocuments, stringify } from "yaml"
import { imagePlacesIn, withImages } from "../../../src/setup/core/image-place.ts"

const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${"a1".repeat(32)}`

/** Read as kubectl reads it: by YAML 1.1. */
function dataOf(text: string): readonly unknown[] {
  return parseAllDocuments(text, { version: "1.1", merge: true }).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
}

function placesOf(text: string) {
  const { places, fault } = imagePlacesIn(text)
  if (places === null) throw new Error(fault.reason)
  return places
}

/** The text with the image in every container that has none. */
function filled(text: string): string {
  return withImages(
    text,
    placesOf(text).flatMap((place) => (place.image === null ? [{ splice: place.splice, image }] : [])),
  )
}

const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n"
const withContainers = (containers: string) => `${head}spec:\n  template:\n    spec:\n${containers}`

describe("an image is put where it belongs, and every other byte stays", () => {
  test.each([
    [
      "a container in lines",
      withContainers("      containers:\n        - name: app # the app\n          args: [a]\n"),
      `        - image: ${image}\n          name: app # the app\n`,
    ],
    [
      "a container in brackets",
      withContainers("      containers: [{ name: app, args: [a] }]\n"),
      `[{ "image": "${image}", name: app, args: [a] }]`,
    ],
    [
      "a file with CRLF",
      withContainers("      containers:\n        - name: app\n").replaceAll("\n", "\r\n"),
      `        - image: ${image}\r\n          name: app\r\n`,
    ],
    [
      "an image that is written as nothing",
      withContainers("      containers:\n        - name: app\n          image:\n          args: [a]\n"),
      `          image: ${image}\n          args`,
    ],
    [
      "an image that is an empty text",
      withContainers('      containers:\n        - { name: app, image: "" }\n'),
      `{ name: app, image: "${image}" }`,
    ],
    [
      "a container that is an alias",
      `x: &app\n  name: app\n${withContainers("      containers:\n        - *app\n")}`,
      `x: &app\n  image: ${image}\n  name: app\n`,
    ],
    [
      "a list of objects",
      `kind: List\nitems:\n  - kind: CronJob\n    metadata: { name: one }\n    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: app }] } } } } }\n`,
      `[{ "image": "${image}", name: app }]`,
    ],
    [
      "JSON",
      JSON.stringify({
        kind: "Deployment",
        metadata: { name: "web" },
        spec: { template: { spec: { containers: [{ name: "app" }] } } },
      }),
      `[{ "image": "${image}","name":"app"}]`,
    ],
  ])("%s", (_, text, wanted) => {
    const whole = filled(text)
    expect(whole).toContain(wanted)
    expect(placesOf(whole).map((place) => place.image)).toEqual([image])
    expect(dataOf(whole)).toHaveLength(1)
  })
})

test("an image that is merged into a container is known, and gives way to its own", () => {
  const text = `x: &base\n  image: shop:1\n${withContainers("      containers:\n        - <<: *base\n          name: app\n")}`
  const [place] = placesOf(text)
  expect(place?.image).toBe("shop:1")
  if (place === undefined) return
  const [data] = dataOf(withImages(text, [{ splice: place.splice, image }]))
  expect(data).toMatchObject({ spec: { template: { spec: { containers: [{ name: "app", image }] } } } })
})

test("an image that is there is replaced, also where it is an alias", () => {
  const text = `x: &image shop:1\n${withContainers("      containers:\n        - { image: *image, name: app }\n        - { name: log, image: 'log:1' }\n")}`
  const [app] = placesOf(text)
  expect(app).toMatchObject({ container: "app", image: "shop:1", place: { line: 9, column: 13 } })
  const whole = withImages(text, app === undefined ? [] : [{ splice: app.splice, image }])
  expect(whole).toBe(text.replace("*image,", `"${image}",`))
})

test("what is no workload has no place, nor what is no object", () => {
  for (const text of [
    "",
    "a: 1",
    "- 1",
    "kind: Deployment",
    "---\n---\n",
    "kind: Service\nmetadata: {name: a}\n",
  ])
    expect(placesOf(text)).toEqual([])
})

test("a template that has not been rendered is a fault with its place", () => {
  const text = withContainers("      containers:\n        - name: {{ .Values.name }}\n          - a\n")
  expect(imagePlacesIn(text)).toMatchObject({ places: null, fault: { place: { line: 9 } } })
})

test("whatever the manifest is, it means the same with the image in it", () => {
  const name = fc.constantFrom("app", "web", "no", "1e3", "a:b")
  const container = fc.record({
    name,
    args: fc.array(fc.string(), { maxLength: 2 }),
    env: fc.array(fc.record({ name, value: fc.string({ unit: "grapheme" }) }), { maxLength: 2 }),
  })
  const pod = fc.record({ containers: fc.array(container, { minLength: 1, maxLength: 3 }) })
  const object = pod.map((spec) => ({
    kind: "Deployment",
    metadata: { name: "web" },
    spec: { template: { spec } },
  }))
  const written = fc.constantFrom<(data: unknown) => string>(
    (data) => stringify(data, { version: "1.1" }),
    (data) => stringify(data, { version: "1.1", indent: 4, defaultStringType: "QUOTE_DOUBLE" }),
    (data) => stringify(data, { version: "1.1", collectionStyle: "flow" }),
    (data) => JSON.stringify(data, null, 2),
  )
  fc.assert(
    fc.property(object, written, (data, write) => {
      const containers = data.spec.template.spec.containers.map((one) => ({ ...one, image }))
      expect(dataOf(filled(write(data)))).toEqual([{ ...data, spec: { template: { spec: { containers } } } }])
    }),
  )
})
