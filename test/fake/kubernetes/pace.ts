/** How fast the fake cluster is, in milliseconds. */
export interface Pace {
  /** How long a second of an object's fields lasts, such as one of `progressDeadlineSeconds` or of a back-off. */
  readonly secondMs: number
  /** How long a controller takes to see a change. */
  readonly controllerMs: number
  /** From the creation of a pod until it is ready, where its play says nothing else. */
  readonly podStartMs: number
  /** From the deletion of a pod until it is gone. */
  readonly podStopMs: number
  /** How often a watch that wants bookmarks gets one. */
  readonly bookmarkMs: number
}

/** Ten minutes of `progressDeadlineSeconds` are six seconds. */
export const defaultPace: Pace = {
  secondMs: 10,
  controllerMs: 5,
  podStartMs: 150,
  podStopMs: 60,
  bookmarkMs: 1000,
}
