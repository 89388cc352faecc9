/** Where an API server is reached, and what proves who answers there. */
export interface ServerAddress {
  /** URL of the API server, as it is reached from here. */
  readonly server: string
  /** What its certificate must be made out to, where that is not its host; `null` where it is, or nobody checks. */
  readonly serverName: string | null
}

/**
 * Whether the server at an address is the one with this URL: it is reached there, or at the near end of a tunnel whose
 * other end must show that server's certificate.
 */
export function isServerAt(url: string, { server, serverName }: ServerAddress): boolean {
  const wanted = new URL(url)
  if (plain(wanted) === plain(new URL(server))) return true
  const isBare = wanted.protocol === "https:" && /^\/*$/.test(wanted.pathname)
  return isBare && serverName !== null && serverName.toLowerCase() === wanted.hostname.toLowerCase()
}

/** A URL has its host in lower case already; case counts in its path. */
function plain({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname.replace(/\/+$/, "")}`
}
