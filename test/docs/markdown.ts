/** The text of a page without what stands in code, where a bracket is no link. */
function proseOf(markdown: string): string {
  return markdown.replace(/^(`{3,})[\s\S]*?^\1/gm, "").replace(/`[^`\n]*`/g, "``")
}

/** Every target of a page: of links, of pictures, and of HTML's `src`, `srcset` and `href`. */
export function linksOf(markdown: string): string[] {
  const prose = proseOf(markdown)
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)]
  return links.map(([, target = ""]) => target)
}

/** What a link to a heading has after `#`, of each heading of a page, as GitHub makes it. */
export function anchorsOf(markdown: string): string[] {
  const headings = markdown.replace(/^(`{3,})[\s\S]*?^\1/gm, "").matchAll(/^#+ (.+)$/gm)
  return [...headings].map(([, heading = ""]) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "")
      .replaceAll(" ", "-"),
  )
}

/**
 * The blocks of a page that are fenced as a language, each without its fences.
 *
 * @param language as it stands behind the fence, `""` for none
 */
export function blocksOf(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```([^`\n]*)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , block = ""]) => block)
}
