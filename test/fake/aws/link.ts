/** The line to a fake that runs, in this process or in another. What goes through it is copied as JSON. */
export interface Link<C> {
  /** Done once it listens, and rejected when it ends before that. */
  readonly listening: Promise<void>
  /** Sends a command. @returns what it gives back. @throws Error for one that cannot be done */
  ask(command: C): Promise<unknown>
  /** Ends the fake and cuts its connections. Done when nothing of it is left. */
  close(): Promise<void>
}
