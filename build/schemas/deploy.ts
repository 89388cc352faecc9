import { z } from "zod"
import type { BackStep } from "../../src/deploy/core/plan.ts"
import type { Ending, Outcome, Progress, Spent, WorkloadEnd } from "../../src/deploy/core/progress.ts"
import type { ChangedNames } from "../../src/deploy/run/changed-names.ts"
import type { PlannedBuild, Preview } from "../../src/deploy/run/preview.ts"
import { difference } from "./common.ts"
import {
  counts,
  diagnostics,
  failed,
  historyEntry,
  images,
  place,
  release,
  sealedSecret,
  secretStatus,
  trouble,
  workload,
} from "./release.ts"
import { moment, shapeOf, text, texts, whole } from "./shape.ts"

const plannedBuild = shapeOf<PlannedBuild>()(
  z.object({
    project: text,
    reseals: text.nullable().describe("Digest of what it reseals instead of building."),
    commit: text.nullable(),
    subject: text.nullable().describe("First line of the commit."),
    since: text.nullable().describe("The commit that runs."),
    ahead: whole.nullable().describe("Commits that are new."),
    behind: whole.nullable().describe("Commits that are left out."),
  }),
)

const changedNames = shapeOf<ChangedNames>()(
  z.object({
    secret: text.describe("As the settings name it."),
    names: z.array(difference).nullable().describe("null where they are not known."),
  }),
)

const plan = shapeOf<Preview>()(
  z.object({
    ...place,
    runs: z.array(historyEntry).describe("What runs now, newest first."),
    build: plannedBuild.nullable(),
    image: text.nullable(),
    hooks: z.object({ before: texts, after: texts }),
    workloads: texts,
    secrets: z.array(secretStatus),
    sealed: sealedSecret,
    changed: z.array(changedNames).nullable().describe("null when nobody asked for names."),
    lock: text.nullable().describe("Who deploys now."),
    warnings: texts,
    failures: z.array(failed).describe("What could not be asked, and why."),
  }),
)

export const preview = z.object({ at: moment, ...plan.shape })

const backStep = shapeOf<BackStep>()(
  z.object({
    workload,
    from: release,
    to: release,
    live: images.describe("What its containers have now."),
    images: images.describe("What they get."),
  }),
)

const workloadEnd = shapeOf<WorkloadEnd>("WorkloadEnd")(
  z.object({
    workload,
    images,
    state: z.enum(["new", "unproven", "before", "going-back", "foreign", "unknown"]),
    counts,
    note: text.nullable(),
  }),
)

const ending = shapeOf<Ending>()(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("deployed") }),
    z.object({ type: z.literal("detached") }),
    z.object({
      type: z.literal("interrupted"),
      signal: z.enum(["SIGINT", "SIGTERM", "SIGHUP"]),
      buildStopped: z.boolean(),
    }),
    z.object({
      type: z.literal("failed"),
      failure: failed,
      trouble: trouble.nullable(),
      clues: diagnostics.nullable(),
    }),
  ]),
)

const standing = shapeOf<Outcome>()(
  z.enum(["untouched", "new", "unproven", "back", "going-back", "mixed"]),
).describe("What the workloads run once the run has ended.")

const spent = shapeOf<Spent>()(
  z.object({
    part: z.enum(["check", "lock", "build", "image", "hooks", "change", "rollout", "back"]),
    ms: z.number().min(0),
  }),
)

const progress = shapeOf<Progress>()(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("checked"), workloads: z.array(z.object({ workload, images })) }),
    z.object({ type: z.literal("locked") }),
    z.object({ type: z.literal("way-back"), steps: z.array(backStep) }),
    z.object({
      type: z.literal("build-started"),
      build: text,
      number: whole.nullable(),
      source: text.nullable(),
      url: text.nullable(),
    }),
    z.object({
      type: z.literal("build-phase"),
      phase: text,
      status: text.nullable(),
      seconds: z.number().min(0).nullable(),
    }),
    z.object({ type: z.literal("build-retried"), build: text, by: text }),
    z.object({ type: z.literal("build-silent"), why: text }),
    z.object({
      type: z.literal("build-ended"),
      build: text,
      status: text,
      seconds: z.number().min(0).nullable(),
    }),
    z.object({
      type: z.literal("image"),
      image: text.describe("By its digest."),
      commit: text.nullable(),
      secretVersion: text.nullable(),
      sealedAt: moment.nullable(),
    }),
    z.object({ type: z.literal("resealed"), from: text.describe("Digest of the image that runs.") }),
    z.object({ type: z.literal("hook-started"), hook: text }),
    z.object({ type: z.literal("hook-ended"), hook: text }),
    z.object({ type: z.literal("patched"), workload, changed: z.boolean() }),
    z.object({
      type: z.literal("rollout"),
      workload,
      state: z.enum(["progressing", "done", "doomed", "foreign", "gone"]),
      counts,
      waitsFor: text.nullable(),
      trouble: trouble.nullable(),
    }),
    z.object({ type: z.literal("contact-lost"), why: text }),
    z.object({ type: z.literal("contact-found") }),
    z.object({ type: z.literal("lock-lost"), holder: text }),
    z.object({
      type: z.literal("doomed"),
      failure: failed,
      trouble: trouble.nullable(),
      clues: diagnostics.nullable(),
    }),
    z.object({ type: z.literal("going-back"), workloads: texts }),
    z.object({ type: z.literal("restored"), workload }),
    z.object({ type: z.literal("not-restored"), workload, failure: failed }),
    z.object({ type: z.literal("pod-replaced"), workload, pod: text }),
    z.object({ type: z.literal("job-deleted"), workload, job: text }),
    z.object({ type: z.literal("stopping-soon"), build: text, seconds: z.number() }),
    z.object({ type: z.literal("build-stopped"), build: text, failure: failed.nullable() }),
    z.object({ type: z.literal("lock-left"), why: text }),
    z.object({
      type: z.literal("ended"),
      ending,
      standing,
      workloads: z.array(workloadEnd),
      job: text.nullable().describe("The Job of a hook that may still run."),
      from: release.nullable().describe("What ran before."),
      to: release.nullable().describe("What was to run then."),
      spent: z.array(spent).describe("In the order in which the parts began."),
    }),
  ]),
)

const log = z.object({ type: z.literal("log"), from: z.enum(["build", "hook"]), text })

export const event = z.union([...progress.options, log].map((one) => z.object({ at: moment, ...one.shape })))
