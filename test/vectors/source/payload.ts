import { headerEnd } from "./forge.ts"
import { type Scenario, scenario } from "./scenario.ts"

export const payloads: readonly Scenario[] = [
  scenario("payload_cut", {
    expect: "payload failure",
    comment: "The payload's last byte is missing.",
    edit: (file) => file.slice(0, -1),
  }),
  scenario("payload_empty", {
    expect: "payload failure",
    comment: "The file ends after the payload's nonce.",
    edit: (file) => file.slice(0, headerEnd(file) + 16),
  }),
  scenario("payload_extra_chunk", {
    expect: "payload failure",
    comment: "The last chunk of the payload stands twice.",
    edit: (file) => file + file.slice(headerEnd(file) + 16),
  }),
]
