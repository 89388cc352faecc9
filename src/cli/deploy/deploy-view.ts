import type { Audience } from "../../app/deploy/ports.ts"

/** Whoever sees a deploy. */
export interface DeployView extends Audience {
  /** Takes away what is drawn, so that something else can be written. */
  clear(): void
  /** Nothing more comes. */
  end(): void
}
