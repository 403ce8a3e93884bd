import { judge, type Outcome } from './answers.js'
import type { RawJson } from './raw-json.js'
import type { Scene } from './scene.js'
import { openWire } from './wire.js'

/** Sends one case after the other, and counts how they ended. */
export function openSender(scene: Scene, token: string) {
  const wire = openWire(scene, token)
  const outcomes = new Map<string, number>()
  let cases = 0
  return {
    outcomes,
    cases: () => cases,
    /** @param mayChange a call that is accepted may change rows; nothing else may */
    async send({ text }: RawJson, headers: Record<string, string>, mayChange: boolean): Promise<Outcome> {
      const outcome = judge(await wire.post(text, headers), scene.secrets)
      if (outcome.is === 'accepted' && mayChange) scene.rows.accept()
      else scene.rows.expectUnchanged()
      cases += 1
      const key = outcome.is === 'refused' ? outcome.code : outcome.is
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
      return outcome
    },
  }
}
