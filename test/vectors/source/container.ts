import { armored, bytesOf, replaceOnce } from "./forge.ts"
import { type Scenario, scenario } from "./scenario.ts"

export const containers: readonly Scenario[] = [
  scenario("armored_file", { expect: "success", comment: "An envelope as seal writes it." }),
  scenario("binary_file", { expect: "success", comment: "Without armor.", wrap: bytesOf }),
  scenario("crlf_armor", {
    expect: "success",
    comment: "The armor's lines end in CRLF, as age.md allows.",
    wrap: (file) => bytesOf(armored(file).replaceAll("\n", "\r\n")),
  }),
  scenario("armor_cut", {
    expect: "armor failure",
    comment: "The armor's last line is missing.",
    wrap: (file) => bytesOf(replaceOnce(armored(file), /-----END.*\n$/, "")),
  }),
  scenario("armor_short_line", {
    expect: "armor failure",
    comment: "A line of the armor that is not the last has less than 64 columns.",
    wrap: (file) => bytesOf(replaceOnce(armored(file), /(?<=\n.{60}).{4}\n/, "\n")),
  }),
  scenario("header_cut", {
    expect: "header failure",
    comment: "The file ends inside the header.",
    edit: (file) => file.slice(0, file.indexOf("-> X25519") + 20),
  }),
  scenario("header_age_v2", {
    expect: "version unsupported",
    comment: "A file of another version of age.",
    edit: (file) => replaceOnce(file, "age-encryption.org/v1", "age-encryption.org/v2"),
  }),
]
