import { EnvsealError } from "../../src/core/error.ts"
import type { Workload } from "../../src/core/kubernetes.ts"
import type { WorkloadKind } from "../../src/core/workload.ts"
import { type Home, homeAnnotation, writeHome } from "../../src/deploy/core/home.ts"
import {
  causeAnnotation,
  type Release,
  releasesAnnotation,
  writeReleases,
} from "../../src/deploy/core/release.ts"
import { type ClusterStatus, lookAtCluster } from "../../src/status/run/cluster-apps.ts"
import type { ClusterStatusPorts } from "../../src/status/run/ports.ts"
import { newImage } from "../deploy/core/scene.ts"

export const account = "111122223333"
export const now = new Date("2026-01-03T04:04:05Z")
export const version = "00000000-0000-4000-8000-000000000002"

export const home: Home = {
  app: "shop",
  environment: "production",
  account,
  region: "eu-west-1",
  secrets: ["shop/production"],
}
export const release: Release = {
  images: { app: newImage },
  commit: "1f".repeat(20),
  secretVersion: version,
  run: "run-1",
  at: "2026-01-02T03:04:05Z",
  proven: true,
}

interface Written {
  readonly namespace?: string
  readonly home?: Home | null
  readonly releases?: readonly Release[]
  readonly labels?: Readonly<Record<string, string>>
  readonly cause?: string
}

export function written(workload: Workload, change: Written = {}): Workload {
  const { namespace = "shop", labels = {}, releases = [release], cause } = change
  const own = change.home === undefined ? home : change.home
  const annotations = {
    [releasesAnnotation]: writeReleases(releases),
    ...(own === null ? {} : { [homeAnnotation]: writeHome(own) }),
    ...(cause === undefined ? {} : { [causeAnnotation]: cause }),
  }
  return { ...workload, metadata: { ...workload.metadata, namespace, labels, annotations } } as Workload
}

/** A cluster and an account, and what was asked for in them. */
export class Site {
  workloads: readonly Workload[] = []
  denied: readonly WorkloadKind[] = []
  caller: string | EnvsealError = account
  current: string | EnvsealError | Promise<string> = version
  readonly asked: string[] = []

  look(namespace: string | null = null): Promise<ClusterStatus> {
    return lookAtCluster(namespace, this.ports, now)
  }

  get ports(): ClusterStatusPorts {
    return {
      cluster: {
        name: "main",
        workloads: async (kind, namespace) => {
          if (this.denied.includes(kind)) throw new EnvsealError("ACCESS_DENIED", `no ${kind}`)
          return this.workloads.filter(
            (one) => one.kind === kind && (namespace === null || one.metadata.namespace === namespace),
          )
        },
      },
      account: {
        whoAmI: async () => {
          if (this.caller instanceof EnvsealError) throw this.caller
          return { account: this.caller, arn: "arn" }
        },
      },
      secretStore: async (region) => ({
        currentVersion: async (id) => {
          this.asked.push(`${region} ${id}`)
          if (this.current instanceof EnvsealError) throw this.current
          return { arn: "arn", versionId: await this.current }
        },
      }),
    }
  }
}

export function siteOf(...workloads: readonly Workload[]): Site {
  const site = new Site()
  site.workloads = workloads
  return site
}
