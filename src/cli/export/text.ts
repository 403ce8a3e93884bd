import type { Document } from './document.js'

/** The answer alone, byte for byte. */
export function textDocument(): Document {
  return {
    begin: () => '',
    add: ({ kind, content }) => (kind === 'text' ? content : ''),
    end: () => '',
  }
}
