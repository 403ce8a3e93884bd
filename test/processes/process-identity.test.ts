import { describe, expect, test } from 'vitest'
import { parseMarked, parseProcesses } from '../../src/processes/darwin.js'
import { parseStat } from '../../src/processes/linux.js'
import { openProcessTable } from '../../src/processes/platform.js'
import { selectRemaining } from '../../src/processes/remaining-processes.js'
import { contentOf, eventually, openScene } from './scene.js'

describe('a process is recognized', () => {
  test('by boot, pid and start time together', async () => {
    const { start, processes } = await openScene()
    const { identity } = await start(['/bin/sleep', '60'])
    expect(processes.isAlive(identity)).toBe(true)
    expect(processes.isAlive({ ...identity, startTime: `${identity.startTime}1` })).toBe(false)
    expect(processes.isAlive({ ...identity, bootId: 'another' })).toBe(false)
    expect(processes.isFromEarlierBoot(identity)).toBe(false)
    expect(processes.isFromEarlierBoot({ ...identity, bootId: 'another' })).toBe(true)
  })

  test('as dead when it is a zombie', async () => {
    const { start, processes, root } = await openScene()
    const table = openProcessTable()
    // The shell, which would reap its child, becomes a sleep, which does not.
    const script = 'sleep 0.2 & echo $! >"$0/pid"; exec sleep 60'
    await start(['/bin/sh', '-c', script, root], { env: { PATH: '/usr/bin:/bin' } })
    const pid = Number(await contentOf(`${root}/pid`))
    const found = await eventually(() => table.find(pid))
    const identity = { pid, startTime: found.startTime, bootId: table.bootId }
    expect(processes.isAlive(identity)).toBe(true)
    await eventually(() => (table.find(pid)?.zombie ? true : undefined))
    expect(processes.isAlive(identity)).toBe(false)
  })
})

describe('/proc/PID/stat', () => {
  const rest = '20 0 1 0 86935 3133440 410 18446744073709551615'

  test('is counted from the last parenthesis', () => {
    const stat = `4683 (a) R 1 (b)\n) S 4675 4676 3218 0 -1 4194304 100 0 0 0 0 0 0 0 ${rest}`
    expect(parseStat(stat)).toEqual({
      pid: 4683,
      parent: 4675,
      group: 4676,
      session: 3218,
      startTime: '86935',
      zombie: false,
    })
  })

  test('distinguishes a zombie from a process whose first thread has ended', () => {
    const zombie = `7 (x) Z 1 7 7 0 -1 4194304 100 0 0 0 0 0 0 0 ${rest}`
    expect(parseStat(zombie)?.zombie).toBe(true)
    expect(parseStat(zombie.replace('20 0 1 0', '20 0 3 0'))?.zombie).toBe(false)
  })

  test('is no process when it is empty', () => {
    expect(parseStat('')).toBeUndefined()
  })
})

describe('ps of macOS', () => {
  test('lists pid, parent, group, state and start time', () => {
    const output = `    1     0     1 Ss   Mon Nov 23 09:05:01 2026
  501     1   501 Ss   Tue Dec  1 00:00:59 2026    
  733   501   501 S+   Tue Dec  1 00:01:00 2026
  734   733   734 Z    Tue Dec  1 00:01:00 2026
`
    expect(parseProcesses(output).slice(1)).toEqual([
      record(501, 1, 501, 'Tue Dec  1 00:00:59 2026', false),
      record(733, 501, 501, 'Tue Dec  1 00:01:00 2026', false),
      record(734, 733, 734, 'Tue Dec  1 00:01:00 2026', true),
    ])
    expect(parseProcesses('')).toEqual([])
  })

  test('lists the processes with the token', () => {
    const output = `  501 /bin/sh -c … spoold-task PATH=/bin SPOOLD_TASK_ID=task-1 SPOOLD_TASK_TOKEN=abc
  502 /bin/cat SPOOLD_TASK_TOKEN=abc HOME=/Users/me
  503 /bin/cat SPOOLD_TASK_TOKEN=abcd HOME=/Users/me
  504 /bin/cat HOME=/Users/me
`
    expect(parseMarked(output, 'abc')).toEqual(new Set([501, 502]))
  })

  function record(pid: number, parent: number, group: number, startTime: string, zombie: boolean) {
    return { pid, parent, group, session: group, startTime, zombie }
  }
})

describe('the remaining processes of an attempt', () => {
  const wrapper = { pid: 100, startTime: '5', bootId: 'b' }
  const found = (pid: number, changes: object = {}) => {
    return {
      pid,
      parent: 1,
      group: pid,
      session: pid,
      startTime: '5',
      zombie: false,
      hasToken: false,
      ...changes,
    }
  }
  const pids = (...args: Parameters<typeof selectRemaining>) => selectRemaining(...args).map(({ pid }) => pid)

  test('are its session, the processes with its token, and all descendants', () => {
    const processes = [
      found(103, { parent: 102 }),
      found(102, { parent: 101 }),
      found(101, { session: 100 }),
      found(100),
      found(104, { hasToken: true }),
      found(105),
    ]
    expect(pids(processes, wrapper, new Map()).sort()).toEqual([100, 101, 102, 103, 104])
  })

  test('are not a session of the same number if another process has the wrapper’s pid', () => {
    const processes = [found(100, { startTime: '9' }), found(101, { session: 100, startTime: '9' })]
    expect(pids(processes, wrapper, new Map())).toEqual([])
  })

  test('are still its session if the wrapper is gone or a zombie', () => {
    const orphan = found(101, { session: 100 })
    expect(pids([orphan], wrapper, new Map())).toEqual([101])
    expect(pids([orphan, found(100, { zombie: true })], wrapper, new Map())).toEqual([101])
  })

  test('are recognized by pid and start time after their parent is gone', () => {
    const processes = [found(201), found(202, { startTime: '9' })]
    const known = new Map([201, 202].map((pid) => [pid, '5']))
    expect(pids(processes, wrapper, known)).toEqual([201])
  })

  test('are never pid 1, the daemon, or other children of the daemon', () => {
    const processes = [
      found(1, { hasToken: true }),
      found(process.pid, { hasToken: true }),
      found(301, { parent: process.pid }),
    ]
    expect(pids(processes, wrapper, new Map())).toEqual([])
  })
})
