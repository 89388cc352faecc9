import { z } from "zod"
import type { Finding, Link } from "../../src/doctor/core/finding.ts"
import type { Remedy } from "../../src/doctor/core/remedy.ts"
import type { Section } from "../../src/doctor/run/doctor.ts"
import { growing, shapeOf, text } from "./shape.ts"

const remedy = shapeOf<Remedy>("Remedy")(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("command"), text: text.describe("A command line for a POSIX shell.") }),
    z.object({
      type: z.literal("edit"),
      place: text.describe("Such as envseal.yaml:12:7."),
      setting: text.describe("Its path, such as build.project."),
      value: text.describe("JSON, which is YAML too."),
    }),
    z.object({ type: z.literal("advice"), text }),
  ]),
)

const link = growing<Link>("A permanent name: docs/doctor.md.", /^[a-z]+([.-][a-z-]+)*$/)

const finding = shapeOf<Finding>()(
  z.object({
    link,
    about: text.describe("Which one, where there can be several."),
    answer: z.enum(["ok", "no", "not checked"]),
    text: text.describe("What was seen; why it is not checked."),
    remedies: z.array(remedy).describe("Of a no, at least one. Of another answer, for what could be better."),
    waitsFor: z
      .object({ link, about: text })
      .nullable()
      .describe("The link that has to be right before this one can be checked."),
  }),
)

const section = shapeOf<Section>()(
  z.object({
    environment: text.nullable().describe("null for the repository, which all environments share."),
    findings: z.array(finding),
  }),
)

export const examined = z.object({
  ok: z.boolean().describe("Whether no link is broken."),
  environments: z.array(section),
})
