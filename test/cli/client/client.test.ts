import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'jsonc-parser'
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser'
import { describe, expect, test } from 'vitest'
import { CLIENTS } from '../../../src/cli/client/clients.js'
import { PROJECT } from '../../helpers/build.js'
import { BIN, runCli } from '../../helpers/run-cli.js'
import { tempState } from '../../helpers/temp-state.js'

/** Where each client looks, below the home directory or a project. */
const FILES: Record<string, { user: string; project: string }> = {
  kiro: { user: '.kiro/settings/mcp.json', project: '.kiro/settings/mcp.json' },
  claude: { user: '.claude.json', project: '.mcp.json' },
  vscode: {
    user:
      process.platform === 'darwin'
        ? 'Library/Application Support/Code/User/mcp.json'
        : '.config/Code/User/mcp.json',
    project: '.vscode/mcp.json',
  },
  cursor: { user: '.cursor/mcp.json', project: '.cursor/mcp.json' },
  codex: { user: '.codex/config.toml', project: '.codex/config.toml' },
  gemini: { user: '.gemini/settings.json', project: '.gemini/settings.json' },
  opencode: { user: '.config/opencode/opencode.json', project: 'opencode.json' },
}
const NAMES = Object.keys(FILES)

/** A home of its own, with a project in it; PATH has this command as `spoold`, and the Node that runs. */
function home(env: Record<string, string> = {}) {
  const stateDirectory = tempState()
  const directory = realpathSync(dirname(stateDirectory))
  const bin = join(directory, 'bin')
  const project = join(directory, 'project')
  mkdirSync(bin)
  mkdirSync(project)
  symlinkSync(BIN, join(bin, 'spoold'))
  symlinkSync(process.execPath, join(bin, 'node'))
  // The state directory is the one that a client finds by itself.
  const all = { HOME: directory, SPOOLD_STATE_DIR: '', PATH: bin, ...env }
  return {
    directory,
    project,
    client: (...args: string[]) => runCli(['client', ...args], { stateDirectory, cwd: project, env: all }),
    file: (path: string) => join(directory, path),
    write(path: string, content: string) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), content)
    },
    read: (path: string) => readFileSync(join(directory, path), 'utf8'),
  }
}

const valuesOf = (path: string) => {
  const text = readFileSync(path, 'utf8')
  return path.endsWith('.toml') ? getStaticTOMLValue(parseTOML(text)) : parse(text)
}

/** The snippets of the page, by the client they are for. */
function snippets(): Record<string, string> {
  const page = readFileSync(join(PROJECT, 'docs', 'clients.md'), 'utf8')
  const found = page.matchAll(
    /```sh\nspoold client install (\w+)\n```[\s\S]*?```(?:json|toml)\n([\s\S]*?)```/g,
  )
  return Object.fromEntries([...found].map(([, name = '', snippet = '']) => [name, snippet]))
}

describe.each(NAMES)('spoold client install %s', (name) => {
  const { user, project } = FILES[name] as { user: string; project: string }

  test('in a project: a private file as in docs/clients.md, and uninstall removes it', async () => {
    const scene = home()
    const file = join(scene.project, project)
    const installed = await scene.client('install', name, '--project', '--yes')
    expect(installed).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(snippets()[name])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(installed.stdout).toContain(`--- /dev/null\n+++ ${file}\n@@ -0,0 +1,`)
    expect(installed.stdout).toContain(`Wrote ${file}. Restart ${CLIENTS[name]?.title} to pick this up.`)
    expect((await scene.client('install', name, '--project')).stdout).toContain('already has spoold')
    expect((await scene.client('uninstall', name, '--project', scene.project, '--yes')).code).toBe(0)
    expect(existsSync(file)).toBe(false)
    expect((await scene.client('uninstall', name, '--project')).stdout).toContain('does not have spoold')
  })

  test('for the user: Node and the command by their paths, and the daemon of this shell', async () => {
    const scene = home()
    const state = join(scene.directory, 'other')
    const config = join(scene.directory, 'other.json')
    writeFileSync(config, '{}')
    const flags = ['--state-dir', state, '--config', config]
    expect((await scene.client('install', name, '--yes', ...flags)).code).toBe(0)
    const node = join(scene.directory, 'bin', 'node')
    const text = scene.read(user)
    for (const word of [node, BIN, 'mcp', ...flags]) expect(text).toContain(JSON.stringify(word))
    expect((await scene.client('list', '--json')).stdout).toContain(`"client":"${name}"`)
    expect((await scene.client('uninstall', name, '--yes')).code).toBe(0)
    expect(existsSync(scene.file(user))).toBe(false)
  })

  test('existing text, link and mode are kept', async () => {
    const scene = home()
    const isToml = user.endsWith('.toml')
    const before = isToml
      ? '\uFEFF# mine\r\nmodel = "x"\r\n'
      : '\uFEFF{\r\n\t// mine\r\n\t"theme": "dark" // too\r\n}'
    scene.write('dotfiles/real', before)
    chmodSync(scene.file('dotfiles/real'), 0o640)
    mkdirSync(dirname(scene.file(user)), { recursive: true })
    symlinkSync(scene.file('dotfiles/real'), scene.file(user))
    const { code, stdout } = await scene.client('install', name, '--yes')
    expect(code).toBe(0)
    expect(stdout).toContain(`(a link to ${scene.file('dotfiles/real')}):\n`)
    const after = scene.read('dotfiles/real')
    for (const piece of ['\uFEFF', 'mine\r\n', isToml ? 'model = "x"\r\n' : '// too'])
      expect(after).toContain(piece)
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(lstatSync(scene.file(user)).isSymbolicLink()).toBe(true)
    expect(statSync(scene.file('dotfiles/real')).mode & 0o777).toBe(0o640)
    expect(readdirSync(scene.file('dotfiles'))).toEqual(['real'])
    expect((await scene.client('uninstall', name, '--yes')).code).toBe(0)
    expect(scene.read('dotfiles/real')).toBe(before)
  })

  test('an existing entry is updated and keeps its other values', async () => {
    const scene = home()
    await scene.client('install', name, '--yes')
    const fresh = scene.read(user)
    // A command that is not there any more, and a time limit of one's own.
    scene.write(user, fresh.replaceAll(BIN, '/old/spoold').replaceAll('300', '77'))
    const { stdout } = await scene.client('install', name, '--yes')
    expect(stdout).toMatch(/^-.*\/old\/spoold/m)
    expect(scene.read(user)).toBe(fresh.replaceAll('300', '77'))
  })
})

describe('spoold client', () => {
  test('without a terminal and --yes the change is shown, and nothing is written', async () => {
    const scene = home()
    const { code, stdout, stderr } = await scene.client('install', 'kiro', 'codex')
    expect(stdout).toContain(`+++ ${scene.file('.kiro/settings/mcp.json')}`)
    expect(stdout).toContain('+[mcp_servers.spoold]\n')
    expect(stderr).toBe('spoold: Not a terminal, so nothing was written. Pass --yes to skip the question.\n')
    expect(code).toBe(2)
    expect(readdirSync(scene.directory).sort()).toEqual(['bin', 'project'])
  })

  test('--print prints the file as it would be, and writes nothing', async () => {
    const scene = home()
    scene.write('.cursor/mcp.json', '{"mcpServers":{"a":{}}} // mine')
    const { code, stdout } = await scene.client('install', 'cursor', '--print')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\{"mcpServers":\{"a":\{\}, "spoold": .*\}\} \/\/ mine$/)
    expect(scene.read('.cursor/mcp.json')).toBe('{"mcpServers":{"a":{}}} // mine')
  })

  test('an invalid file is reported with line and column, and no file is changed', async () => {
    const scene = home()
    scene.write('.codex/config.toml', 'a = 1\nb = = 2\n')
    const { code, stdout, stderr } = await scene.client('install', 'kiro', 'codex', '--yes')
    expect(stderr).toMatch(
      /^spoold: .*\/\.codex\/config\.toml is not TOML: .* in line 2, column 5: correct it and try again; it was not changed \(config_invalid\)\n$/,
    )
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(existsSync(scene.file('.kiro'))).toBe(false)
    expect(scene.read('.codex/config.toml')).toBe('a = 1\nb = = 2\n')
    expect((await scene.client('list')).stdout).toMatch(/^codex +yes +- +.*is not TOML/m)
  })

  test.each([
    ['a link to nothing', (path: string) => symlinkSync('/nonexistent', path)],
    ['a directory', (path: string) => mkdirSync(path)],
    ['no text', (path: string) => writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]))],
  ])('%s is refused', async (_case, make) => {
    const scene = home()
    make(scene.file('.claude.json'))
    const { code, stderr } = await scene.client('install', 'claude', '--yes')
    expect(stderr).toMatch(/^spoold: .*\/\.claude\.json (cannot be read|is not UTF-8 text)/)
    expect(code).toBe(2)
  })

  test('the diff shows little of a single-line file, which may contain a token', async () => {
    const scene = home()
    const secret = 'x'.repeat(300)
    scene.write('.claude.json', JSON.stringify({ token: secret, mcpServers: { a: {} }, more: secret }))
    const { stdout } = await scene.client('install', 'claude', '--yes')
    expect(stdout).toMatch(/^\+….*"spoold": .*…$/m)
    expect(stdout).not.toContain('x'.repeat(50))
    expect(valuesOf(scene.file('.claude.json'))).toMatchObject({ token: secret, more: secret })
  })

  test('an existing file of opencode is used, in its own form', async () => {
    const scene = home({ XDG_CONFIG_HOME: '' })
    const file = '.config/opencode/opencode.jsonc'
    const before = '{\n  // mine\n  "mcp": {\n    "servers": {}\n  }\n}\n'
    scene.write(file, before)
    expect((await scene.client('install', 'opencode', '--yes')).code).toBe(0)
    const { mcp } = valuesOf(scene.file(file))
    expect(Object.keys(mcp)).toEqual(['servers'])
    expect(mcp.servers.spoold).toMatchObject({ type: 'local', timeout: { request: 300_000 } })
    await scene.client('uninstall', 'opencode', '--yes')
    expect(scene.read(file)).toBe(before)
  })

  test('directories from the environment are used', async () => {
    const scene = home()
    const named = { CODEX_HOME: 'c', CLAUDE_CONFIG_DIR: 'd', XDG_CONFIG_HOME: 'e' }
    const env = Object.entries(named).map(([name, path]) => [name, scene.file(path)])
    await home(Object.fromEntries(env)).client('install', 'codex', 'claude', 'opencode', '--yes')
    for (const path of ['c/config.toml', 'd/.claude.json', 'e/opencode/opencode.json']) {
      expect(existsSync(scene.file(path)), path).toBe(true)
    }
  })

  test('without spoold and Node on PATH a project gets absolute paths', async () => {
    const scene = home({ PATH: '/nonexistent' })
    await scene.client('install', 'kiro', '--project', '--yes')
    const { spoold } = valuesOf(join(scene.project, '.kiro/settings/mcp.json')).mcpServers
    expect(spoold).toEqual({ command: process.execPath, args: [BIN, 'mcp'] })
  })

  test('list shows installed clients and which use spoold, one object per line', async () => {
    const scene = home()
    scene.write('bin/gemini', '#!/bin/sh\n')
    chmodSync(scene.file('bin/gemini'), 0o755)
    await scene.client('install', 'cursor', '--yes')
    await scene.client('install', 'kiro', '--project', '--yes')
    const { stdout } = await scene.client('list', '--json')
    const reported = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(reported.map(({ client }) => client)).toEqual(NAMES)
    expect(reported.filter(({ found }) => found).map(({ client }) => client)).toEqual(['cursor', 'gemini'])
    expect(reported.filter(({ user }) => user.installed).map(({ client }) => client)).toEqual(['cursor'])
    expect(reported.filter(({ project }) => project.installed).map(({ client }) => client)).toEqual(['kiro'])
    const table = (await scene.client('list')).stdout
    expect(table).toMatch(/^cursor +yes +user +\S+\/\.cursor\/mcp\.json$/m)
    expect(table).toMatch(/^kiro +no +project +\S+\/project\/\.kiro\/settings\/mcp\.json$/m)
  })

  test.each([
    [
      ['install', 'nope'],
      /unknown client 'nope'; choose from kiro, claude, .*; see spoold help client install$/m,
    ],
    [['instal', 'kiro'], /unknown command 'instal' \(Did you mean install\?\); see spoold help client$/m],
    [['install', 'kiro', '--project', '/nonexistent'], /\/nonexistent is not a directory/],
  ])('%j is wrong usage', async (args, sentence) => {
    const { code, stderr } = await home().client(...args)
    expect(stderr).toMatch(sentence)
    expect(code).toBe(2)
  })

  test('spoold help client install shows its usage', async () => {
    const { stdout } = await runCli(['help', 'client', 'install'], { stateDirectory: tempState() })
    expect(stdout).toContain('Usage: spoold client install [options] <client...>')
  })

  test('a file that was changed after it was read is not replaced', async () => {
    const { planInstall, contentOf } = await import('../../../src/cli/client/plan.js')
    const { replaceConfigFile } = await import('../../../src/cli/client/config-file.js')
    const scene = home()
    const kiro = CLIENTS.kiro
    if (kiro === undefined) throw new Error('there is no kiro')
    const plan = planInstall(kiro, { project: scene.project }, { command: 'spoold', args: ['mcp'] })
    mkdirSync(dirname(plan.file.path), { recursive: true })
    writeFileSync(plan.file.path, '{"by": "another"}')
    expect(() => replaceConfigFile(plan.file, contentOf(plan))).toThrow(
      'was changed by another program meanwhile',
    )
    expect(readFileSync(plan.file.path, 'utf8')).toBe('{"by": "another"}')
    rmSync(plan.file.path)
    replaceConfigFile(plan.file, contentOf(plan))
    expect(valuesOf(plan.file.path).mcpServers.spoold.command).toBe('spoold')
  })
})
