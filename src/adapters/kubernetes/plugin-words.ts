import { printable } from "../../core/text.ts"

const maxLength = 300
const minSecretLength = 8
const secretName = /SECRET|TOKEN|PASSWORD|PASSWD|KEY|CREDENTIAL/i

/** What is secret by its form or its place, such as a password in a URL and a token in a header or in JSON. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^/\s"']*@/g, "//***@"],
  [/\b((?:Bearer|Basic)\s+)[^\s"',]+/gi, "$1***"],
  [/"(token|clientKeyData|[\w-]*(?:secret|password))"(\s*:\s*)"(?:[^"\\]|\\.)*/gi, '"$1"$2"***'],
  [/\bk8s-aws-v1\.[\w-]+/g, "***"],
  [/\bey[\w-]{8,}\.[\w.-]+/g, "***"],
  [/(?<![\w+=-])[\w+=-]{80,}/g, "***"],
]

/**
 * A line that a credential plugin wrote for people, safe to show: it works with credentials, and may tell more than
 * it should.
 *
 * @param variables what the plugin was run with; values whose names say that they are secret are not shown.
 */
export function pluginWords(line: string, variables: Readonly<Record<string, string>>): string {
  const secrets = Object.entries(variables).flatMap(([name, value]) =>
    secretName.test(name) && value.length >= minSecretLength ? [value] : [],
  )
  const known = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), line)
  return printable(
    shapes.reduce((text, [shape, instead]) => text.replace(shape, instead), known),
    maxLength,
  )
}
