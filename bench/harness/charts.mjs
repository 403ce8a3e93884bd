import * as echarts from 'echarts'
import { median } from './statistics.mjs'

const WIDTH = 720
const BAR_HEIGHT = 34
/** Width of the names. The library cannot measure them without a canvas. */
const NAMES_WIDTH = 260

/**
 * Draws a bar chart as SVG, with a bar for the median of each side and a thin line from its minimum to its maximum.
 *
 * @param {string} title
 * @param {import('./row.mjs').Side[]} sides with the same unit
 * @returns {string}
 */
export function barChart(title, sides) {
  const chart = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: WIDTH,
    height: 90 + BAR_HEIGHT * sides.length,
  })
  const values = sides.map(({ values }) => median(values))
  // A linear axis would hide the smallest bars.
  const isLogarithmic = Math.max(...values) > 50 * Math.min(...values) && Math.min(...values) > 0
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 12, top: 8, textStyle: { fontSize: 14, fontWeight: 'normal' } },
    grid: { left: NAMES_WIDTH, right: 70, top: 40, bottom: 30 },
    xAxis: {
      type: isLogarithmic ? 'log' : 'value',
      name: sides[0]?.unit,
      splitLine: { lineStyle: { color: '#eeeeee' } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: sides.map(({ name }, place) => `${name}  ${short(values[place])}`),
      axisLabel: { width: NAMES_WIDTH - 60, overflow: 'break' },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 20,
        data: values.map((value, place) => ({
          value,
          itemStyle: { color: place === 0 ? '#2f6f6a' : '#b9c4c2' },
        })),
      },
      spread(sides),
    ],
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

function spread(sides) {
  return {
    type: 'custom',
    data: sides.map(({ values }, place) => [Math.min(...values), Math.max(...values), place]),
    encode: { x: [0, 1], y: 2 },
    renderItem(_params, api) {
      const [x1, y] = api.coord([api.value(0), api.value(2)])
      const [x2] = api.coord([api.value(1), api.value(2)])
      return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style: { stroke: '#333333', lineWidth: 1.5 } }
    },
  }
}

const short = (value) => Number(value.toPrecision(3)).toLocaleString('en')
