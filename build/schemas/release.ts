import { z } from "zod"
import type { Images } from "../../src/core/workload.ts"
import type { HistoryEntry } from "../../src/deploy/core/history.ts"
import type { DeployFailure, Diagnostics } from "../../src/deploy/core/plan.ts"
import type { Release } from "../../src/deploy/core/release.ts"
import type { SealedSecret, SecretStatus } from "../../src/deploy/core/sealed-secret.ts"
import type { Counts, Trouble } from "../../src/deploy/core/verdict.ts"
import type { History } from "../../src/deploy/run/history.ts"
import { errorCode, problems } from "./common.ts"
import { moment, shapeOf, text, texts, whole } from "./shape.ts"

export const images = shapeOf<Images>("Images")(z.record(z.string(), z.string())).describe(
  "Images by the name of their container.",
)
export const workload = text.describe("Such as deployment/web.")

export const release = shapeOf<Release>("Release")(
  z.object({
    images,
    build: text.optional(),
    commit: text.optional(),
    secretVersion: text.optional().describe("Version of the secret that is sealed in the image."),
    sealedAt: moment.optional(),
    code: text
      .optional()
      .describe("Digest of the image that was built with its code, where it was resealed from it."),
    run: text.optional().describe("The run that deployed it."),
    at: moment.optional(),
    by: text.optional().describe("Who deployed it."),
    proven: z.boolean().optional().describe("Missing where envseal was not there to see it."),
  }),
)

export const historyEntry = shapeOf<HistoryEntry>("HistoryEntry")(
  release.extend({
    workloads: texts.describe("The workloads that were given it."),
    runsOn: texts.describe("Those that run it now."),
  }),
)

export const place = {
  environment: text,
  app: text,
  cluster: text.describe("A kubeconfig context, or an EKS cluster."),
  namespace: text,
}

const knownHistory = shapeOf<History>()(
  z.object({
    ...place,
    releases: z.array(historyEntry).describe("Newest first."),
    missing: texts.describe("Workloads of the settings that do not exist."),
  }),
)

export const history = z.object({ at: moment, ...knownHistory.shape })

export const failed = shapeOf<DeployFailure>("Failure")(
  z.object({ code: errorCode, message: text, hint: text.optional(), problems }),
)

export const counts = shapeOf<Counts>("Counts")(
  z.object({
    total: whole.describe("Pods that the workload is meant to have."),
    updated: whole.describe("Pods that have the wanted images."),
    ready: whole.describe("Of these, how many are ready."),
    old: whole.describe("Pods of another release."),
  }),
)

export const trouble = shapeOf<Trouble>("Trouble")(
  z.object({
    reason: text.describe("As Kubernetes spells it, such as CrashLoopBackOff."),
    message: text,
    pod: text.nullable(),
    podUid: text.nullable(),
    container: text.nullable(),
    exitCode: z.int().nullable(),
    restarts: whole,
    pods: whole.describe("How many pods of the workload have the same trouble."),
  }),
)

export const diagnostics = shapeOf<Diagnostics>("Diagnostics")(
  z.object({ workload, log: texts.describe("Last lines of its log."), events: texts }),
)

export const sealedSecret = shapeOf<SealedSecret>("SealedSecret")(
  z.object({
    state: z.enum(["current", "stale", "unknown"]),
    versions: texts.describe("The versions that are sealed, in the order of the secrets."),
  }),
)

export const secretStatus = shapeOf<SecretStatus>("SecretStatus")(
  z.object({
    secret: text.describe("As the settings name it."),
    version: text.nullable().describe("The version that would be sealed now."),
  }),
)
