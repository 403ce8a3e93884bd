/** Draws the screen of a terminal as SVG. */

const CELL = { width: 8.43, height: 18, baseline: 13.5, size: 14 }
const MARGIN = 14
const BAR = 26
const FOREGROUND = '#d8dee9'
const BACKGROUND = '#1f2430'
/** The sixteen terminal colours, dark ones first. */
const PALETTE = [
  ...['#3b4252', '#f07178', '#a5d67a', '#ffcc66', '#6cb6ff', '#d4a5ff', '#5ccfe6', '#d8dee9'],
  ...['#6b7480', '#ff8f96', '#bbe67e', '#ffd580', '#8cc8ff', '#dfbfff', '#95e6cb', '#ffffff'],
]

/**
 * @param {import('@xterm/headless').Terminal} terminal
 * @param {string} title is shown above the screen
 * @param {number} [rows] number of rows to draw; all by default
 * @returns {string} an SVG document
 */
export function screenSvg(terminal, title, rows = terminal.rows) {
  const width = Math.ceil(terminal.cols * CELL.width + 2 * MARGIN)
  const height = rows * CELL.height + BAR + MARGIN
  const { active } = terminal.buffer
  const lines = Array.from({ length: rows }, (_, row) =>
    drawLine(active.getLine(active.viewportY + row), row),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...['#f07178', '#ffcc66', '#a5d67a'].map(
      (colour, place) => `<circle cx="${18 + 18 * place}" cy="14" r="5" fill="${colour}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.size}" xml:space="preserve">`,
    `<text x="${width / 2}" y="18" fill="#6b7480" font-size="12" text-anchor="middle">${escapeXml(title)}</text>`,
    ...lines.flat(),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** @param {import('@xterm/headless').IBufferLine | undefined} line @param {number} row */
function drawLine(line, row) {
  if (line === undefined) return []
  return runsOf(line).flatMap((run) => draw(run, row))
}

/**
 * Groups neighbouring cells of the same style.
 * @param {import('@xterm/headless').IBufferLine} line
 */
function runsOf(line) {
  const runs = []
  for (let column = 0; column < line.length; column += 1) {
    const cell = line.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const style = styleOf(cell)
    const last = runs.at(-1)
    if (last !== undefined && last.key === style.key) {
      last.text += cell.getChars() || ' '
      last.cells += cell.getWidth()
    } else runs.push({ ...style, text: cell.getChars() || ' ', column, cells: cell.getWidth() })
  }
  return runs
}

/** @param {import('@xterm/headless').IBufferCell} cell */
function styleOf(cell) {
  const foreground = cell.isFgDefault() ? FOREGROUND : colour(cell.isFgRGB(), cell.getFgColor())
  const background = cell.isBgDefault() ? undefined : colour(cell.isBgRGB(), cell.getBgColor())
  const isInverse = cell.isInverse() !== 0
  const style = {
    foreground: isInverse ? (background ?? BACKGROUND) : foreground,
    background: isInverse ? foreground : background,
    weight: cell.isBold() ? 'bold' : 'normal',
    opacity: cell.isDim() ? 0.6 : 1,
  }
  return { ...style, key: JSON.stringify(style) }
}

/** @param {boolean} isRgb @param {number} value */
function colour(isRgb, value) {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`
  return PALETTE[value] ?? FOREGROUND
}

/** @param {ReturnType<typeof runsOf>[number]} run @param {number} row */
function draw({ text, column, cells, foreground, background, weight, opacity }, row) {
  const x = MARGIN + column * CELL.width
  const y = BAR + row * CELL.height
  const parts = []
  if (background !== undefined) {
    parts.push(rectangle(x, y, cells * CELL.width, background))
  }
  const shown = text.trimEnd()
  if (shown !== '') {
    const bold = weight === 'bold' ? ' font-weight="bold"' : ''
    const dim = opacity === 1 ? '' : ` opacity="${opacity}"`
    // Keeps the columns aligned with any font.
    const length = round((cells - (text.length - shown.length)) * CELL.width)
    parts.push(
      `<text x="${round(x)}" y="${round(y + CELL.baseline)}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${foreground}"${bold}${dim}>${escapeXml(shown)}</text>`,
    )
  }
  return parts
}

/** @param {number} x @param {number} y @param {number} width @param {string} fill */
function rectangle(x, y, width, fill) {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${CELL.height}" fill="${fill}"/>`
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
