/** How a CI is told to fold lines of its log together. Each text is whole lines. */
export interface LogGroups {
  begin(title: string, now: Date): string
  end(now: Date): string
}

/** The groups of the CI that this runs in, by the variables that it sets; `null` where none are known. */
export function logGroupsOf(environment: Readonly<Record<string, string | undefined>>): LogGroups | null {
  if (environment["GITHUB_ACTIONS"] === "true") return new GitHubGroups()
  return environment["GITLAB_CI"] === "true" ? new GitLabGroups() : null
}

/** GitHub documentation, "Workflow commands": each begins its line. */
class GitHubGroups implements LogGroups {
  begin(title: string): string {
    return `::group::${title}\n`
  }

  end(): string {
    return "::endgroup::\n"
  }
}

/** GitLab documentation, "Custom collapsible sections": it takes these sequences out of what it shows. */
class GitLabGroups implements LogGroups {
  #count = 0

  begin(title: string, now: Date): string {
    this.#count += 1
    return `\u001b[0Ksection_start:${seconds(now)}:${this.#name}[collapsed=true]\r\u001b[0K${title}\n`
  }

  end(now: Date): string {
    return `\u001b[0Ksection_end:${seconds(now)}:${this.#name}\r\u001b[0K\n`
  }

  get #name(): string {
    return `envseal_log_${this.#count}`
  }
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000)
}
