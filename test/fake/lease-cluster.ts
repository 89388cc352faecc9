import type { Lease } from "../../src/core/kubernetes.ts"
import type { Cluster } from "../../src/ports/cluster.ts"

type LeaseMethods = Pick<Cluster, "readLease" | "writeLease" | "deleteLease">

/** A cluster with one Lease, which changes only by the version that is there, as the API server has it. */
export class LeaseCluster {
  lease: Lease | null = null
  /** How many of the next writes somebody else is quicker than. */
  beaten = 0
  /** Whether the answer to the next write is lost, though the write is taken. */
  losesAnswer = false
  #version = 0

  /** Somebody else's Lease takes the place of what is there. */
  put(spec: Lease["spec"]): void {
    this.lease = this.#stored({ metadata: { name: "lock" }, spec })
  }

  get port(): Cluster {
    const methods: LeaseMethods = {
      readLease: async () => this.lease,
      writeLease: async (lease) => this.#write(lease),
      deleteLease: async (lease) => this.#delete(lease),
    }
    return methods as Cluster
  }

  #write(lease: Lease): Lease | null {
    if (this.beaten > 0) {
      this.beaten--
      return null
    }
    if (!this.#isCurrent(lease)) return null
    this.lease = this.#stored(lease)
    const answered = this.losesAnswer ? null : this.lease
    this.losesAnswer = false
    return answered
  }

  #delete(lease: Lease): boolean {
    if (this.lease === null || !this.#isCurrent(lease)) return false
    this.lease = null
    return true
  }

  #isCurrent({ metadata }: Lease): boolean {
    return metadata.resourceVersion === this.lease?.metadata.resourceVersion
  }

  #stored({ metadata, spec }: Lease): Lease {
    this.#version++
    return { metadata: { ...metadata, resourceVersion: String(this.#version) }, spec }
  }
}
