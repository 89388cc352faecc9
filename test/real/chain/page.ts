import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { root } from "../docker/folders.ts"
import { Browser, size } from "./browser.ts"
import { firstName } from "./secret.ts"
import type { Chain } from "./stage.ts"
import { isReady, podsOf, visit } from "./visitor.ts"

/** Where the picture is kept for whoever wants to look at it. */
const picturePath = join(root, ".cache/chain-page.png")

/** What the page is once its style sheet and its script are there. */
const seen = `({
  title: document.title,
  heading: document.querySelector("h1").textContent,
  script: document.querySelector("#script").textContent,
  display: getComputedStyle(document.body).display,
  headingSize: getComputedStyle(document.querySelector("h1")).fontSize,
  corners: getComputedStyle(document.querySelector("main")).borderRadius,
})`

/** The least share of a picture that is painted in a colour of the style sheet: the page, its card, and the heading. */
const painted = { "255 251 235": 0.5, "255 255 255": 0.05, "0 96 69": 0.002 } as const

/** Which share of a picture has which colour, as the browser itself reads it. @param png in base64. */
function sharesOf(browser: Browser, png: string): Promise<Readonly<Record<string, number>>> {
  return browser.evaluate(`(async () => {
    const image = new Image()
    image.src = "data:image/png;base64,${png}"
    await image.decode()
    const { width, height } = image
    const canvas = new OffscreenCanvas(width, height).getContext("2d")
    canvas.drawImage(image, 0, 0)
    const { data } = canvas.getImageData(0, 0, width, height)
    const shares = { width, height }
    for (let at = 0; at < data.length; at += 4) {
      const color = data.slice(at, at + 3).join(" ")
      shares[color] = (shares[color] ?? 0) + 1 / (width * height)
    }
    return shares
  })()`)
}

/** What a visitor gets. */
export function pageTests(chain: () => Chain): void {
  test("A visitor gets a page with a value of the secret, its style sheet and its script.", async () => {
    const page = await visit(chain(), "/")
    const html = await page.text()
    expect(page.status, html).toBe(200)
    expect(html).toContain(`<title>${firstName.replace("&", "&amp;")}</title>`)
    expect(html).toMatch(/Laravel 13\./)
    const [style = "", script = ""] = [
      /href="[^"]*(\/build\/assets\/[^"]+\.css)"/,
      /src="[^"]*(\/build\/assets\/[^"]+\.js)"/,
    ].map((pattern) => pattern.exec(html)?.[1] ?? "")
    const css = await visit(chain(), style)
    expect(css.headers.get("content-type")).toBe("text/css")
    expect(await css.text()).toContain("bg-amber-50")
    const js = await visit(chain(), script)
    expect(js.status).toBe(200)
    expect(await js.text()).toContain("the script ran")
  })

  test("A browser shows that page as its style sheet says, with what its script wrote.", async () => {
    const [pod] = (await podsOf(chain(), "web")).filter(isReady)
    const host = pod?.status.podIP ?? ""
    await using browser = await Browser.start(host)
    const loaded = await browser.open(`http://${host}:8080/`)
    const assets = loaded.filter(({ url }) => url.includes("/build/assets/"))
    expect(assets.map(({ url, status }) => `${status} ${url.replace(/^.*\./, "")}`).sort()).toEqual([
      "200 css",
      "200 js",
    ])
    for (const { url } of loaded) expect(new URL(url).host).toBe(`${host}:8080`)
    expect(await browser.evaluate(seen)).toEqual({
      ...{ title: firstName, heading: firstName, script: "Laravel: the script ran, flex" },
      ...{ display: "flex", headingSize: "36px", corners: "12px" },
    })
    const png = await browser.picture()
    writeFileSync(picturePath, png, "base64")
    const shares = await sharesOf(browser, png)
    expect(shares).toMatchObject(size)
    for (const [color, least] of Object.entries(painted))
      expect(shares[color] ?? 0, color).toBeGreaterThan(least)
  })
}
