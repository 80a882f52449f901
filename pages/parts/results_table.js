// A table of results: rows are ticked, renamed in place, sorted and acted on; every action is one message to the page.
const tables = new WeakMap()

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties)
  node.append(...children)
  return node
}

function sparkline(values) {
  const known = values.filter((value) => value !== null)
  const low = Math.min(...known)
  const height = Math.max(...known) - low || 1
  let pen = "M"
  const path = values.map((value, at) => {
    if (value === null) return ((pen = "M"), "")
    const point = `${pen}${((90 * at) / Math.max(values.length - 1, 1)).toFixed(1)},${(19 - (18 * (value - low)) / height).toFixed(1)}`
    pen = "L"
    return point
  })
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 90 20")
  svg.setAttribute("aria-hidden", "true")
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path")
  line.setAttribute("d", path.join(""))
  svg.append(line)
  return svg
}

function tick(row, send) {
  const box = element("input", { type: "checkbox", checked: row.ticked, ariaLabel: `Draw ${row.name}`, title: "Draw" })
  box.style.accentColor = row.color
  box.onchange = () => send("tick", row.id, box.checked)
  const swatch = element("span", { className: "denoise-swatch" })
  swatch.style.background = row.color || "transparent"
  return element("td", {}, box, swatch)
}

// The name, and when it is edited a field in its place: Enter keeps, Escape leaves it as it was.
function edit(cell, row, table) {
  const field = element("input", { type: "text", value: row.name, maxLength: 80, ariaLabel: `New name of ${row.name}` })
  const close = (keeps) => {
    if (table.editing !== field) return
    table.editing = null
    table.lines.delete(row.id) // its name is to be shown again
    if (keeps && field.value.trim() !== row.name) table.send("rename", row.id, field.value)
    fill(table)
  }
  field.onkeydown = (event) => {
    event.stopPropagation()
    if (event.key === "Enter") close(true)
    if (event.key === "Escape") close(false)
  }
  field.onblur = () => close(true)
  cell.replaceChildren(field)
  table.editing = field
  field.select()
}

function nameCell(row, table) {
  const { opens, renames } = table.data
  const name = opens ? element("button", { type: "button", title: opens, textContent: row.name }) : element("span", { textContent: row.name })
  if (opens && !row.refusal) name.onclick = () => table.send("open", row.id)
  if (row.refusal) name.disabled = true
  const cell = element("th", { scope: "row", className: "denoise-name" }, name)
  if (renames) {
    const pen = element("button", { type: "button", className: "denoise-icon", textContent: "edit", title: "Rename", ariaLabel: `Rename ${row.name}` })
    pen.onclick = () => edit(cell, row, table)
    name.ondblclick = pen.onclick
    cell.append(pen)
  }
  return cell
}

function actionCell(row, table) {
  const buttons = table.data.actions.map(({ what, sign, title }) => {
    const pressed = what === "pin" && row.pinned
    const button = element("button", { type: "button", className: "denoise-icon", textContent: sign, title, ariaLabel: `${title}: ${row.name}` })
    if (what === "pin") button.ariaPressed = String(pressed)
    button.onclick = () => table.send(what, row.id, !pressed)
    return button
  })
  return element("td", { className: "denoise-actions" }, ...buttons)
}

function line(row, table) {
  const { columns, ticks, actions } = table.data
  const cells = [nameCell(row, table)]
  if (ticks) cells.unshift(tick(row, table.send))
  if (row.refusal) {
    cells.push(element("td", { colSpan: columns.length + (actions.length ? 1 : 0), className: "denoise-refusal", textContent: row.refusal }))
  } else {
    for (const column of columns) {
      const { text, title } = row.cells[column.key] ?? { text: "" }
      const cell = element("td", { className: column.number ? "denoise-number" : "denoise-text", title: title ?? "" })
      if (column.key === "sparkline") cell.append(sparkline(row.sparkline))
      else cell.textContent = text
      cells.push(cell)
    }
    if (actions.length) cells.push(actionCell(row, table))
  }
  const tr = element("tr", { className: row.chosen ? "denoise-chosen" : "" }, ...cells)
  if (row.chosen) tr.ariaCurrent = "true"
  return tr
}

function value(row, key) {
  return key === "name" ? row.name.toLowerCase() : row.cells[key]?.sort ?? null
}

function sorted(table) {
  const { key, down } = table.sort
  if (!key) return table.data.rows
  const known = table.data.rows.filter((row) => value(row, key) !== null)
  const unknown = table.data.rows.filter((row) => value(row, key) === null)
  known.sort((a, b) => (value(a, key) < value(b, key) ? -1 : value(a, key) > value(b, key) ? 1 : 0) * (down ? -1 : 1))
  return [...known, ...unknown]
}

function header(column, table) {
  const cell = element("th", { scope: "col", className: column.number ? "denoise-number" : "denoise-text" })
  if (column.key === "sparkline" || !column.label) return cell
  const { key, down } = table.sort
  const arrow = key !== column.key ? "" : down ? " ▾" : " ▴"
  const button = element("button", { type: "button", textContent: column.label + arrow, title: column.help ?? "" })
  button.onclick = () => {
    table.sort = key !== column.key ? { key: column.key, down: false } : down ? {} : { key, down: true }
    fill(table)
  }
  cell.ariaSort = key !== column.key ? "none" : down ? "descending" : "ascending"
  cell.append(button)
  return cell
}

// A row that has not changed stays as it is: with hundreds of them, making all anew takes longer than everything else.
function kept(id, row, table, shape) {
  const known = table.lines.get(id)
  const told = shape + JSON.stringify(row)
  if (known?.told === told) return known.node
  const node = row.heads ? groupLine(row.heads, table, row.span) : line(row, table)
  table.lines.set(id, { told, node })
  return node
}

// Folds and unfolds the rows of one group.
function groupLine(group, table, span) {
  const open = table.open.has(group)
  const button = element("button", { type: "button", textContent: `${open ? "▾" : "▸"} ${group}`, ariaLabel: group, ariaExpanded: String(open) })
  button.onclick = () => {
    open ? table.open.delete(group) : table.open.add(group)
    fill(table)
  }
  return element("tr", { className: "denoise-group" }, element("th", { scope: "rowgroup", colSpan: span }, button))
}

// Rows of one group stand together below a line of their own, where the first of them would; folded, only those in use are there.
function grouped(rows, table, span) {
  const members = Map.groupBy(rows, (row) => row.group || row.id)
  return [...members].flatMap(([group, inside]) => {
    if (!inside[0].group) return inside.map((row) => [row.id, row])
    const shown = table.open.has(group) ? inside : inside.filter((row) => row.ticked || row.pinned || row.chosen)
    return [[group, { heads: group, span, open: table.open.has(group) }], ...shown.map((row) => [row.id, row])]
  })
}

function fill(table) {
  if (table.editing) return // what came meanwhile is shown when the name is done
  const { columns, ticks, actions } = table.data
  const heads = [{ key: "name", label: table.data.label }, ...columns].map((column) => header(column, table))
  if (ticks) heads.unshift(element("th", { scope: "col", title: "Drawn" }))
  if (actions.length) heads.push(element("th", { scope: "col" }))
  const held = document.activeElement?.ariaLabel
  table.root.querySelector("thead").replaceChildren(element("tr", {}, ...heads))
  const shape = JSON.stringify([columns, ticks, actions])
  const lines = grouped(sorted(table), table, heads.length).map(([id, row]) => kept(id, row, table, shape))
  const body = table.root.querySelector("tbody")
  if (lines.length !== body.children.length || lines.some((node, at) => node !== body.children[at])) body.replaceChildren(...lines)
  if (held && !table.root.contains(document.activeElement)) table.root.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true })
}

async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))
  return JSON.parse(await new Response(stream).text())
}

export default function ({ data: bytes, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".denoise-table")
  const table = tables.get(root) ?? { root, sort: {}, editing: null, turn: 0, lines: new Map(), open: new Set() }
  tables.set(root, table)
  table.send = (what, id, value = null) => setTriggerValue("act", { what, id, value })
  const turn = ++table.turn
  unpacked(bytes)
    .then((data) => {
      if (turn !== table.turn) return
      table.data = data
      root.style.maxHeight = data.height ? `${data.height}px` : ""
      root.setAttribute("aria-label", data.label)
      fill(table)
      root.dataset.fills = String(Number(root.dataset.fills ?? 0) + 1)
    })
    .catch(console.error)
}
