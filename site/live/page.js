// Makes the cells of a lesson's page run in the page. Nothing is downloaded before the first click on a button.

import { Lesson } from "./lesson.js"

const root = new URL("../../", import.meta.url) // the site; this file is _static/live/page.js
const name = location.pathname.split("/").pop()?.replace(/\.html$/, "") ?? ""
const edition = document.querySelector('meta[name="lesson-edition"]')?.getAttribute("content") ?? ""

/** The widgets ask JupyterLab's attribute whether the page is dark. */
const tellTheme = () => {
    document.body.dataset.jpThemeLight = String(document.documentElement.dataset.theme !== "dark")
}
new MutationObserver(tellTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] })
tellTheme()

if (edition) new Lesson(name, edition, root.href)
