// Drag a trigger about: the answers were computed before, see play.ipynb. No library, nothing is fetched.
for (const root of document.querySelectorAll('.play:not(.on)')) {
  root.classList.add('on')
  const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent)
  const bytes = s => Uint8Array.from(atob(s), c => c.charCodeAt(0))
  const find = name => root.querySelector(`[data-part="${name}"]`)
  const images = data.images.map(o => ({...o, pixels: bytes(o.pixels)}))
  const tables = data.models.map(m => m.answers.map(of => of.map(o => ({label: bytes(o.label), sure: bytes(o.sure)}))))
  const places = data.side - data.size + 1
  const state = {image: 0, row: 20, column: 20, opacity: 0}
  const canvas = find('canvas'), pen = canvas.getContext('2d')

  const shade = (r, c) => { // of a pixel with the trigger over it, 0 to 255
    const own = images[state.image].pixels[r*data.side + c], y = r - state.row, x = c - state.column
    if (y < 0 || x < 0 || y >= data.size || x >= data.size) return own
    const a = data.opacities[state.opacity]
    return Math.round((1-a)*own + a*255*data.pattern[y*data.size + x])
  }
  const answer = (m, row, column) => {
    const t = tables[m][state.image][state.opacity], at = row*places + column
    return {label: t.label[at], sure: t.sure[at]}
  }
  const paint = () => {
    const s = data.side, shown = pen.createImageData(s, s), map = find('map').value
    for (let i = 0; i < s*s; i++) {
      const r = Math.floor(i/s), c = i%s, v = shade(r, c), up = Math.min(Math.max(r-1, 0), places-1)
      const left = Math.min(Math.max(c-1, 0), places-1)
      const wrong = map !== '' && answer(+map, up, left).label !== images[state.image].label
      shown.data.set(wrong ? [.55*v + 96, .55*v + 42, .55*v, 255] : [v, v, v, 255], 4*i)
    }
    pen.putImageData(shown, 0, 0)
  }
  const say = () => {
    data.models.forEach((m, i) => {
      const a = answer(i, state.row, state.column), box = find('said').children[i]
      box.classList.toggle('wrong', a.label !== images[state.image].label)
      box.innerHTML = `${m.name} says<br><b>${a.label}</b> (${a.sure}%)`
    })
    find('truth').textContent = `It is a ${images[state.image].label}; trigger at row ${state.row}, column ${state.column}.`
  }
  const show = () => { paint(); say() }
  const move = (row, column) => {
    state.row = Math.min(Math.max(row, 0), places-1)
    state.column = Math.min(Math.max(column, 0), places-1)
    show()
  }
  const follow = e => {
    const box = canvas.getBoundingClientRect(), unit = box.width/data.side, half = data.size/2
    move(Math.round((e.clientY-box.top)/unit - half), Math.round((e.clientX-box.left)/unit - half))
  }
  canvas.addEventListener('pointerdown', e => { canvas.setPointerCapture?.(e.pointerId); follow(e) })
  canvas.addEventListener('pointermove', e => { if (e.buttons || e.pressure) follow(e) })
  canvas.addEventListener('keydown', e => {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]}[e.key]
    if (!step) return
    e.preventDefault()
    move(state.row + step[0], state.column + step[1])
  })
  const choices = {image: images.map(o => o.label), opacity: data.opacities}
  for (const [name, values] of Object.entries(choices)) {
    find(name).innerHTML = values.map((v, i) => `<option value="${i}">${v}</option>`).join('')
    find(name).addEventListener('change', e => { state[name] = +e.target.value; show() })
  }
  find('map').innerHTML += data.models.map((m, i) => `<option value="${i}">${m.name}</option>`).join('')
  find('map').addEventListener('change', show)
  show()
}
