// A chart that is drawn once and then only changed: new data never rebuild it, so zoom and pan stay.
const charts = new WeakMap()
// Named one by one: plotly would also offer to send the data to a server of its own.
const BUTTONS = [["zoom2d", "pan2d"], ["zoomIn2d", "zoomOut2d", "resetScale2d"]]

function library() {
  if (!window.denoisePlotly) {
    const box = {}
    box.promise = new Promise((resolve) => (box.resolve = resolve))
    window.denoisePlotly = box
  }
  return window.denoisePlotly.promise
}

function isDark(style) {
  const pen = document.createElement("canvas").getContext("2d")
  pen.fillStyle = style.getPropertyValue("--st-background-color").trim() || "#ffffff"
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(pen.fillStyle.slice(at, at + 2), 16))
  return 0.3 * r + 0.6 * g + 0.1 * b < 128
}

function recoloured(node, colours) {
  if (typeof node === "string") return colours[node] ?? node
  if (Array.isArray(node)) return node.map((item) => recoloured(item, colours))
  if (node === null || typeof node !== "object") return node
  return Object.fromEntries(Object.entries(node).map(([name, item]) => [name, recoloured(item, colours)]))
}

function themed(layout, style, height) {
  const grid = style.getPropertyValue("--st-border-color-light").trim() || "rgba(128,128,128,0.2)"
  const axis = { gridcolor: grid, zerolinecolor: grid, linecolor: grid, automargin: true }
  const text = style.getPropertyValue("--st-text-color").trim()
  const drawn = {
    ...layout,
    height,
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: style.getPropertyValue("--st-font").trim(), color: text, size: layout.font?.size ?? 13 },
    hoverlabel: { bgcolor: style.getPropertyValue("--st-secondary-background-color").trim(), font: { color: text }, namelength: -1 },
    modebar: { orientation: "v", bgcolor: "rgba(0,0,0,0)", color: text, activecolor: style.getPropertyValue("--st-primary-color").trim() },
  }
  for (const name of Object.keys(layout)) if (/^[xy]axis\d*$/.test(name)) drawn[name] = { ...axis, ...layout[name] }
  return drawn
}

function asNumber(edge) {
  return typeof edge === "number" ? edge : Date.parse(edge.replace(" ", "T") + "Z")
}

// What a relayout event says of the x axis: a range, null for "all of it", undefined for nothing.
function viewOf(event) {
  if (event["xaxis.autorange"]) return null
  const range = event["xaxis.range"] ?? [event["xaxis.range[0]"], event["xaxis.range[1]"]]
  return range[0] === undefined ? undefined : range.map(asNumber)
}

function showAll(Plotly, node) {
  const axes = Object.keys(node.layout).filter((name) => /^[xy]axis\d*$/.test(name))
  return Plotly.relayout(node, Object.fromEntries(axes.map((name) => [name + ".autorange", true])))
}

// One estimate at a time in the same place: the eye sees what differs. `flip` has the traces of each by its name.
function only(figure, shown) {
  const groups = Object.entries(figure.layout.meta.flip ?? {})
  groups.forEach(([, traces], at) => traces.forEach((trace) => (figure.data[trace].visible = shown === null || at === shown)))
  return groups[shown]?.[0] ?? ""
}

function flip(Plotly, root, node, chart, figure) {
  const groups = Object.keys(figure.layout.meta.flip ?? {})
  const button = root.querySelector(".denoise-flip")
  button.hidden = groups.length < 2
  if (chart.flipped >= groups.length) chart.flipped = null
  const show = (shown) => {
    chart.flipped = shown
    const name = only(figure, shown)
    button.textContent = name ? `Flip (F): ${name}` : "Flip between them (F)"
    const visible = figure.data.map((trace) => trace.visible ?? true)
    return Plotly.restyle(node, { visible }, [...visible.keys()])
  }
  button.onclick = () => show(chart.flipped === null ? 0 : (chart.flipped + 1) % groups.length)
  chart.unflip = () => show(null) // all lines, and the zoom stays
  chart.onkey = (event) => {
    const types = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox]")
    if (event.key === "f" && !types && !button.hidden && !event.ctrlKey && !event.metaKey && !event.altKey) button.onclick()
  }
  const name = only(figure, chart.flipped)
  button.textContent = name ? `Flip (F): ${name}` : "Flip between them (F)"
}

// As on the page, but on the ground of the theme: the chart itself has none, and light words would vanish on paper.
function save(Plotly, root, node, format) {
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#ffffff"
  // A picture has no web fonts: words would be wider than the room that was measured for them.
  const font = { ...node.layout.font, family: "sans-serif" }
  const layout = { ...node.layout, font, paper_bgcolor: ground, plot_bgcolor: ground, autosize: false }
  const size = { width: node.offsetWidth, height: node.offsetHeight, scale: format === "png" ? 2 : 1 }
  const name = (root.getAttribute("aria-label") ?? "chart").slice(0, 60).replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "")
  return Plotly.downloadImage({ data: node.data, layout }, { format, filename: name || "chart", ...size })
}

function listen(Plotly, node, chart) {
  node.on("plotly_relayout", (event) => {
    const view = viewOf(event)
    if (view === undefined || !chart.sends) return
    clearTimeout(chart.timer)
    chart.timer = setTimeout(() => chart.send("view", view), 150)
  })
  // Bars that stand for a stretch of the record carry the range that shows it.
  node.on("plotly_click", (event) => {
    const range = event.points[0]?.customdata
    if (Array.isArray(range) && range.length === 2) Plotly.relayout(node, { "xaxis.range": range })
  })
  chart.observer = new ResizeObserver(() => node.offsetParent && Plotly.Plots.resize(node))
  chart.observer.observe(node)
  chart.key = (event) => chart.onkey?.(event)
  document.addEventListener("keydown", chart.key)
}

async function draw(Plotly, root, data, chart) {
  const node = root.querySelector(".denoise-plot")
  const style = getComputedStyle(root)
  const figure = isDark(style) ? recoloured(data.figure, data.dark) : data.figure
  const log = figure.layout.xaxis?.type === "log"
  chart.sends = data.zooms && !log
  // No tips: the one on double-clicking would cover the buttons at the top of the page.
  const config = { displaylogo: false, displayModeBar: data.toolbar, modeBarButtons: BUTTONS, showTips: false }
  chart.height ??= tall(root, data)
  Object.assign(node.style, { height: chart.height + "px", minHeight: "0" })
  flip(Plotly, root, node, chart, figure)
  await Plotly.react(node, figure.data, themed(figure.layout, style, chart.height), config)
  if (!chart.observer) listen(Plotly, node, chart)
  // A range that the page asks for is shown once; then the zoom is the person's again.
  if (data.range && data.range.number !== chart.asked) {
    chart.asked = data.range.number
    await Plotly.relayout(node, { "xaxis.range": data.range.view })
  }
  for (const button of root.querySelectorAll(".denoise-save")) {
    button.hidden = !data.saves
    button.onclick = () => save(Plotly, root, node, button.dataset.format)
  }
  const all = root.querySelector(".denoise-all")
  all.hidden = figure.layout.xaxis?.fixedrange === true // nothing can be zoomed
  all.onclick = () => (chart.flipped === null ? showAll(Plotly, node) : chart.unflip())
  root.dataset.draws = String(Number(root.dataset.draws ?? 0) + 1)
}

// The main chart of a page takes what a tall window has left below its top.
function tall(root, data) {
  const top = root.getBoundingClientRect().top + (root.closest("[data-testid=stMain]")?.scrollTop ?? 0)
  return data.zooms ? Math.max(data.height, Math.floor(window.innerHeight - top - 130)) : data.height
}

async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))
  return JSON.parse(await new Response(stream).text())
}

async function show(root, bytes, chart, call) {
  const data = await unpacked(bytes)
  if (call.ended) return
  chart.owner = call
  root.setAttribute("aria-label", data.alt)
  root.querySelector(".denoise-note").textContent = data.figure.layout.meta.note
  const Plotly = await library()
  if (!call.ended) await draw(Plotly, root, data, chart)
}

async function clear(node, chart) {
  clearTimeout(chart.timer)
  chart.observer?.disconnect()
  chart.observer = null
  document.removeEventListener("keydown", chart.key)
  const Plotly = await library()
  Plotly.purge(node)
}

// While this module is loading and newer data come, Streamlit makes both calls, in any order, and ends the older one.
// So a call draws only while it is not ended, and takes away only what is its own.
export default function ({ data: bytes, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".denoise-chart")
  const node = root.querySelector(".denoise-plot")
  const chart = charts.get(root) ?? { queue: Promise.resolve(), flipped: null }
  charts.set(root, chart)
  const call = { ended: false }
  const after = (step) => (chart.queue = chart.queue.then(step).catch(console.error))
  chart.send = setStateValue
  after(() => show(root, bytes, chart, call))
  return () => {
    call.ended = true
    // After what is being drawn: plotly fails where its figure vanishes meanwhile.
    after(() => chart.owner === call && clear(node, chart))
  }
}
