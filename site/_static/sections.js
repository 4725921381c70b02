// Adds to each search result links to the sections that contain the words, and limits the excerpts to the article.
"use strict"

const articleOf = text => {
    const page = new DOMParser().parseFromString(text, "text/html")
    page.querySelectorAll(".headerlink, script, style, summary, .prev-next-footer, .bd-footer-content").forEach(e => e.remove())
    return page.querySelector("article")
}
const words = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean)

Search.htmlToText = (text, anchor) => {
    const article = articleOf(text)
    return ((anchor && article.querySelector(CSS.escape(anchor.slice(1)).replace(/^/, "#"))) || article).textContent.replace(/\\[()[\]]/g, "")
}

// The text of a section without that of the sections inside it.
function ownText(section) {
    const copy = section.cloneNode(true)
    copy.querySelectorAll("section").forEach(inner => inner.remove())
    return copy.textContent.toLowerCase()
}

async function addSections(result) {
    const link = result.querySelector("a")
    if (!link || link.hash || result.querySelector(".sections")) return
    const list = document.createElement("ul")
    list.className = "sections"
    result.append(list)
    const article = articleOf(await (await fetch(link.href)).text())
    const found = [...article.querySelectorAll("section[id] section[id]")]
        .filter(section => words.every(word => ownText(section).includes(word)))
    for (const section of found.slice(0, 4)) {
        const entry = document.createElement("a")
        entry.href = `${link.getAttribute("href")}#${section.id}`
        entry.textContent = section.querySelector("h2, h3, h4").textContent
        list.append(document.createElement("li"))
        list.lastChild.append(entry)
    }
}

const results = document.getElementById("search-results")
new MutationObserver(() => results.querySelectorAll("ul.search > li").forEach(addSections))
    .observe(results, { childList: true, subtree: true })
