/** A line of the demo's output; multi-byte characters show that none is cut in half. */
export function demoLine(number: number): string {
  return `line ${String(number).padStart(3, '0')}: Grüße, 你好, привет 🧵\n`
}
