/** Where CodeBuild gets the source (CodeBuild API reference, "ProjectSource"). */
export interface SourceLocation {
  readonly type: "GITHUB" | "GITHUB_ENTERPRISE" | "GITLAB" | "BITBUCKET" | "CODECOMMIT"
  /** An `https` URL; `null` when it is not known. */
  readonly url: string | null
  /** ARN of a CodeCommit repository; `null` for another. */
  readonly codeCommit: string | null
}

const hosts: readonly (readonly [RegExp, SourceLocation["type"]])[] = [
  [/^github\.com$/, "GITHUB"],
  [/^gitlab\.com$/, "GITLAB"],
  [/^bitbucket\.org$/, "BITBUCKET"],
]

/**
 * By a URL as git takes it. CodeBuild has no ssh: `git@github.com:team/shop.git` becomes its `https` URL.
 *
 * @param arnOf makes an ARN of CodeCommit in a Region.
 */
export function sourceLocationOf(
  url: string | null,
  arnOf: (region: string, repository: string) => string,
): SourceLocation {
  const https = url === null ? null : httpsUrl(url)
  if (https === null) return { type: "GITHUB", url: null, codeCommit: null }
  const { hostname, pathname } = https
  const [, region] = /^git-codecommit(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? []
  if (region !== undefined) {
    const repository = pathname.split("/").at(-1) ?? ""
    return { type: "CODECOMMIT", url: https.href, codeCommit: arnOf(region, repository) }
  }
  const [, type] = hosts.find(([host]) => host.test(hostname)) ?? []
  return { type: type ?? "GITHUB_ENTERPRISE", url: https.href, codeCommit: null }
}

/** `null` for what is no remote, such as a folder. A user name is left away. */
function httpsUrl(url: string): URL | null {
  const [, host, path] = /^(?:[\w.-]+@)?([\w.-]{2,}):(?!\/\/)(.+)$/.exec(url) ?? []
  const text = host === undefined ? url.replace(/^ssh:/, "https:") : `https://${host}/${path}`
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return null
  const parsed = new URL(text)
  const clean = new URL(`https://${parsed.hostname}${parsed.pathname}`)
  return clean.pathname === "/" ? null : clean
}
