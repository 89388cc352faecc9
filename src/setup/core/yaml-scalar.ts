import { parse } from "yaml"

const plain = /^[A-Za-z0-9][\w./:@=+-]*$/

/**
 * A text as YAML writes it: bare where every reader takes it for text, or else in double quotes. A name such as
 * `no`, `123` or `1e3` is something else to YAML 1.1, which Kubernetes reads, or to YAML 1.2.
 */
export function yamlScalar(text: string): string {
  return plain.test(text) && isText(text, "1.1") && isText(text, "1.2") ? text : JSON.stringify(text)
}

function isText(text: string, version: "1.1" | "1.2"): boolean {
  try {
    return parse(text, { version }) === text
  } catch {
    return false
  }
}
