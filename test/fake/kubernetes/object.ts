/** What all objects that the fake keeps have. Each is plain JSON, and is replaced, never changed. */

export type Texts = Readonly<Record<string, string>>

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface Meta {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Texts
  readonly annotations?: Texts
  readonly ownerReferences?: readonly OwnerReference[]
  /** As a test gives it: the fake keeps no book of who writes what. */
  readonly managedFields?: readonly object[]
}

/** What every object has. */
export interface Stored {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Meta
}

/** An object on its way into the store, which adds the rest of its metadata. */
export type Draft<T extends Stored> = Omit<T, "metadata"> & {
  readonly metadata: Partial<Meta> & { readonly name: string }
}

export interface Condition {
  readonly type: string
  readonly status: "True" | "False" | "Unknown"
  readonly reason?: string
  readonly message?: string
  readonly lastUpdateTime?: string
  readonly lastTransitionTime?: string
}
