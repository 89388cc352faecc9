/**
 * What a program does with its user, and what it reads:
 *
 * - `server`: gives the app another user than root, by its own configuration (php-fpm, Apache)
 * - `supervisor`: starts others, as whom its configuration says
 * - `cron`: the same, and gives them no variables
 * - `artisan`, `php`: Laravel's command line, and PHP's; they stay who they are
 * - `plain`: known to stay who it is
 * - `unknown`: anything else
 */
export type AppKind = "server" | "supervisor" | "cron" | "artisan" | "php" | "plain" | "unknown"

const servers =
  "php-fpm apache2 apache2-foreground apache2ctl apachectl httpd httpd-foreground nginx unitd lighttpd"
const supervisors = "supervisord s6-svscan s6-overlay-suexec init runsvdir runit circusd monit systemd"
const crons = "cron crond"
const stayers =
  "true false cat echo env ls printenv printf sleep stat tail test id pwd whoami composer frankenphp node npm npx python python3 ruby"
const shells = "sh bash dash ash ksh zsh"

const kinds: readonly (readonly [AppKind, string])[] = [
  ["php", "php"],
  ["server", servers],
  ["supervisor", supervisors],
  ["cron", crons],
  ["plain", stayers],
]

/** What a script is looked through for. `init` is too common a word, and PHP stays who it is. */
export function tellingNames(): readonly string[] {
  return `${servers} ${supervisors} ${crons}`.split(" ").filter((name) => name !== "init")
}

/** In place of a word that is not sure to be the name of a program: what a script is looked through for is a guess. */
export const unnamed = "the command"

/** `/usr/sbin/php-fpm8.4` is `php-fpm`, `php83` is `php`. Never a word that may hold the value of a variable. */
export function programName(command: string): string {
  if (command.includes("=")) return unnamed
  const name = command.slice(command.lastIndexOf("/") + 1)
  return /^(php|php-fpm)-?[\d.]+$/.exec(name)?.[1] ?? name
}

/** @returns `null` for a program that nothing is known of. */
export function kindOf(name: string): AppKind | null {
  for (const [kind, names] of kinds) if (isAmong(name, names)) return kind
  return null
}

export function isShell(name: string): boolean {
  return isAmong(name, shells)
}

function isAmong(name: string, names: string): boolean {
  return names.split(" ").includes(name)
}
