// Copies the link to what is shown. Where the page is not served securely, browsers offer only the old way.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text)
  const box = document.createElement("textarea")
  box.value = text
  document.body.append(box)
  box.select()
  document.execCommand("copy")
  box.remove()
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector(".denoise-copy")
  const query = new TextDecoder().decode(data)
  button.textContent = "Copy link"
  button.onclick = async () => {
    await copy(`${location.origin}${location.pathname}?${query}`)
    button.textContent = "Copied"
    setTimeout(() => (button.textContent = "Copy link"), 1500)
  }
}
