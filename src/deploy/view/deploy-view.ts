import type { Audience } from "../run/ports.ts"

/** The view of a deploy. */
export interface DeployView extends Audience {
  /** Takes away what is drawn, so that something else can be written. */
  clear(): void
  /** Nothing more comes. */
  end(): void
}
