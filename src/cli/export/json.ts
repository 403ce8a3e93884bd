import { escapeJson } from '../../domain/text.js'
import type { Document } from './document.js'

/** `{"task": {…}, "chunks": [{…}, …]}`, one chunk per line, with the fields of the MCP results. */
export function jsonDocument(): Document {
  let isFirst = true
  const line = (value: unknown) => escapeJson(JSON.stringify(value))
  return {
    begin: (task) => `{"task": ${line(task)},\n"chunks": [`,
    add(chunk) {
      const separator = isFirst ? '' : ','
      isFirst = false
      return `${separator}\n${line(chunk)}`
    },
    end: () => '\n]}\n',
  }
}
