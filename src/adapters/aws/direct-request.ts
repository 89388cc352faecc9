/** One request by HTTP, on a connection without a proxy. */
export interface DirectRequest {
  readonly method: "GET" | "POST"
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** How long its whole answer may take, in milliseconds. */
  readonly limitMs: number
}

export interface DirectAnswer {
  readonly status: number
  /** Its names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}
