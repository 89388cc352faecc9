import { z } from "zod"
import type { DeployedApp } from "../../src/status/core/deployed-app.ts"
import type { EnvironmentStatus, LockStatus, WorkloadStatus } from "../../src/status/core/status.ts"
import type { ClusterStatus } from "../../src/status/run/cluster-apps.ts"
import type { StatusDocument } from "../../src/status/view/document.ts"
import {
  counts,
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
import { moment, shapeOf, text, texts } from "./shape.ts"

const ok = z
  .boolean()
  .nullable()
  .describe("False when something is wrong; null when nothing wrong is seen, but not all could be asked.")

const workloadStatus = shapeOf<WorkloadStatus>()(
  z.object({
    workload,
    images,
    release: release.nullable().describe("null when something else than envseal has set these images."),
    builtAt: moment.nullable().describe("When the build began that sealed the configuration."),
    secret: sealedSecret,
    rollout: z.object({
      state: z.enum(["done", "progressing", "failed", "missing"]),
      counts,
      waitsFor: text.nullable(),
      note: text.nullable(),
      troubles: z.array(trouble),
    }),
  }),
)

const lock = shapeOf<LockStatus>()(
  z.object({
    holder: text,
    since: moment.nullable(),
    renewedAt: moment.nullable().describe("When the holder last said that it is there."),
  }),
)

const environment = shapeOf<EnvironmentStatus>()(
  z.object({
    ...place,
    ok,
    workloads: z.array(workloadStatus),
    mixed: z.boolean().describe("Whether more than one image runs."),
    secrets: z.array(secretStatus),
    lock: lock.nullable().describe("Who deploys now."),
    failures: z.array(failed).describe("What could not be asked, and why."),
  }),
)

export const status = shapeOf<StatusDocument>()(
  z.object({ at: moment, ok, environments: z.array(environment) }),
)

const app = shapeOf<DeployedApp>()(
  z.object({
    app: text.nullable(),
    environment: text.nullable(),
    namespace: text,
    workloads: texts,
    runs: z.array(historyEntry).describe("What runs, newest first."),
    secret: sealedSecret,
    ok: z.boolean(),
  }),
)

export const clusterStatus = shapeOf<ClusterStatus>()(
  z.object({
    at: moment,
    cluster: text,
    namespace: text.nullable().describe("null for all of them."),
    ok,
    apps: z.array(app),
    unseen: z
      .array(z.enum(["Deployment", "StatefulSet", "DaemonSet", "CronJob"]))
      .describe("Kinds that the caller may not list."),
    failures: z.array(failed).describe("What could not be asked, and why."),
  }),
)
