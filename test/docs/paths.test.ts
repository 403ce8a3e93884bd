import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROJECT } from '../helpers/build.js'

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...markdownIn('docs')]

/** A Markdown link to a file in this repository. */
const LINK = /\]\((?![a-z]+:|#)([^)\s#]+)/g
/** A Markdown link to a heading, of this page if it names no file. */
const HEADING_LINK = /\]\((?![a-z]+:)([^)\s#]*)#([^)\s]+)\)/g
/** A path from the root, or a path of a source file below src/. */
const ROOT_PATH = /(?<![\w./~-])(?:src|test|docs|bench|drizzle|migrations|man|pictures)\/[\w./-]*[\w/]/g
const SOURCE_PATH = /(?<![\w./~-])[a-z-]+(?:\/[\w-]+)+\.tsx?\b/g
/** What follows the folder in a path with a placeholder, such as src/agents/NAME.ts. */
const PLACEHOLDER = /[^/]*\b[A-Z]{2,}\b(?!\.md).*$/

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(PROJECT, page), 'utf8')

  test('links only to files that exist', () => {
    const targets = [...text.matchAll(LINK)].map(([, link = '']) => normalize(join(dirname(page), link)))
    expect(targets.filter((target) => !existsSync(join(PROJECT, target)))).toEqual([])
  })

  test('links only to headings that exist', () => {
    for (const [link, target, anchor] of text.matchAll(HEADING_LINK)) {
      const file = target ? join(dirname(page), target) : page
      expect(anchorsOf(readFileSync(join(PROJECT, file), 'utf8')), link).toContain(anchor)
    }
  })

  test('names only paths that exist', () => {
    const prose = text.replace(LINK, '](')
    const paths = [...prose.matchAll(ROOT_PATH), ...prose.matchAll(SOURCE_PATH)].map(([path]) =>
      path.replace(PLACEHOLDER, ''),
    )
    const exists = (path: string) => [path, join('src', path)].some((each) => existsSync(join(PROJECT, each)))
    expect(paths.filter((path) => !exists(path))).toEqual([])
  })
})

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function markdownIn(folder: string): string[] {
  const files = readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.md')).map((file) => join(folder, file))
}
