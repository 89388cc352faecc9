/** As much of jq as the buildspec asks for. */
export const jq = `#!${process.execPath}
const [, filter, file] = process.argv.slice(2)
const json = JSON.parse(require("node:fs").readFileSync(file, "utf8"))
const answers = {
  ".image": () => json.image,
  ".provenance.sealedAt": () => json.provenance.sealedAt,
  '[.provenance.sources[].versionId] | join(",")': () => json.provenance.sources.map((one) => one.versionId).join(","),
}
console.log(answers[filter]())
`
