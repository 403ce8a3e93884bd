import { event, textsOf, type WireFormat } from './wire-format.js'

interface Body {
  contents?: unknown
  tools?: unknown
}

/** Gemini's own interface: https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent */
export const gemini: WireFormat = {
  serves: (path) => /:(streamGenerateContent|generateContent)\b/.test(path),
  read(path, body) {
    const { contents, tools } = body as Body
    return {
      texts: textsOf(contents, new Set(['text', 'output', 'error'])),
      tools: (Array.isArray(tools) ? tools : []).flatMap((tool) => functionNames(tool)),
      model: /models\/([^:]+):/.exec(path)?.[1] ?? null,
      isWhole: path.includes(':generateContent'),
    }
  },
  whole: (text) => candidate([{ text: text ?? EASY }], 'STOP'),
  answer: () => ({
    start: () => '',
    text: (text) => event(candidate([{ text }])),
    thought: (text) => event(candidate([{ text, thought: true }])),
    call: (name, args) => event(candidate([{ functionCall: { name, args } }])),
    end: () => event(candidate([{ text: '' }], 'STOP')),
  }),
}

/** It asks how difficult the person's request is, and so which model gets it. */
const EASY = '{"complexity_reasoning": "short", "complexity_score": 1}'

function candidate(parts: object[], finishReason?: string): object {
  return {
    candidates: [
      {
        index: 0,
        content: { role: 'model', parts },
        ...(finishReason === undefined ? {} : { finishReason }),
      },
    ],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: 'fake',
  }
}

function functionNames(tool: { functionDeclarations?: { name: string }[] }): string[] {
  return (tool.functionDeclarations ?? []).map(({ name }) => name)
}
