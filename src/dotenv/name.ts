import type { Problem } from "../core/error.ts"

const grammar = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The longest name that is accepted, in characters. */
export const maxNameLength = 255

/**
 * Names that decide how a process is loaded or where it finds its code and libraries. A secret that could set
 * them would be code execution in the container (docs/format.md, "Names").
 */
const hijackingNames = new Set([
  "PATH",
  "HOME",
  "IFS",
  "BASH_ENV",
  "SHELLOPTS",
  "BASHOPTS",
  "PS4",
  "PROMPT_COMMAND",
  "GCONV_PATH",
  "LOCPATH",
  "NODE_OPTIONS",
  "NODE_PATH",
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "PHPRC",
  "PHP_INI_SCAN_DIR",
  "PYTHONPATH",
  "PYTHONHOME",
  "PYTHONSTARTUP",
  "PERL5LIB",
  "PERL5OPT",
  "RUBYLIB",
  "RUBYOPT",
  "JAVA_TOOL_OPTIONS",
  "GIT_SSH_COMMAND",
  "OPENSSL_CONF",
])

const hijackingPrefixes = ["LD_", "DYLD_", "ENVSEAL_", "BASH_FUNC_"]

/** Variables a shell owns: assigning them fails or has another effect than to store the value. */
const shellNames = new Set([
  "UID",
  "EUID",
  "PPID",
  "GROUPS",
  "RANDOM",
  "SRANDOM",
  "SECONDS",
  "LINENO",
  "DIRSTACK",
  "FUNCNAME",
  "OPTIND",
  "HISTCMD",
  "_",
])

/** Names that some JavaScript readers of `.env` drop or choke on. */
const scriptNames = new Set([
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
])

/** Static keys of an AWS role: in a pod they would take the place of the pod's own role. */
const awsRoleNames = new Set([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_PROFILE",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
])

/** Variables that point a process's traffic elsewhere. */
const trafficNames = new Set([
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
])

/**
 * The rule a name breaks, or `null` when it may be sealed.
 *
 * The grammar is the one that all readers share; any other line of a `.env` is executed as a command by a
 * shell that sources the file.
 */
export function nameProblem(name: string): Problem | null {
  if (!grammar.test(name)) {
    const reason = name === "" ? "is empty" : "is not letters, digits and _ with no digit first"
    return { code: "BAD_NAME", name, reason }
  }
  if (name.length > maxNameLength) {
    return { code: "BAD_NAME", name, reason: `is longer than ${maxNameLength} characters` }
  }
  if (hijackingNames.has(name) || hijackingPrefixes.some((prefix) => name.startsWith(prefix))) {
    return { code: "FORBIDDEN_NAME", name, reason: "could change which code the process runs" }
  }
  if (shellNames.has(name)) return { code: "FORBIDDEN_NAME", name, reason: "belongs to the shell" }
  if (scriptNames.has(name)) {
    return { code: "FORBIDDEN_NAME", name, reason: "is lost or breaks in JavaScript readers" }
  }
  return null
}

/** Variables that change whose certificates a process believes. */
const trustNames = new Set(["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"])

/** Why a permitted name deserves a look, or `null`. */
export function nameWarning(name: string): string | null {
  if (awsRoleNames.has(name)) return "takes the place of the pod's own role in the AWS SDKs of the app"
  if (trafficNames.has(name)) return "redirects the app's outgoing traffic"
  if (trustNames.has(name)) return "changes which certificates the app trusts"
  if (name === "ENV") return "names a file that an interactive sh runs"
  return null
}
