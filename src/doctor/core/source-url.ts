/** Whether two URLs are of one repository, by whatever protocol and with or without `.git`. */
export function isSameRepository(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

function plain(url: string): string {
  return httpsUrl(url)
    .replace(/^\w+:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .toLowerCase()
}

/** As CodeBuild takes it: `git@github.com:example/shop.git` as `https://github.com/example/shop.git`. No password. */
export function httpsUrl(url: string): string {
  const [, host, path] = /^(?:ssh:\/\/)?(?:[\w.-]+@)([\w.-]+)(?::\d+\/|:|\/)(.+)$/.exec(url) ?? []
  if (host !== undefined && path !== undefined) return `https://${host}/${path}`
  return url.replace(/^(\w+:\/\/)[^/@]*@/, "$1")
}

/** How CodeBuild calls sources of that host; `null` for a host that does not tell. */
export function sourceTypeOf(url: string): string | null {
  const host = /^https:\/\/([^/:]+)/.exec(url)?.[1]?.toLowerCase() ?? ""
  if (/^git-codecommit\./.test(host)) return "CODECOMMIT"
  return { "github.com": "GITHUB", "gitlab.com": "GITLAB", "bitbucket.org": "BITBUCKET" }[host] ?? null
}
