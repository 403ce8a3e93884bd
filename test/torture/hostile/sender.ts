import { classifyResponse, type Outcome } from './classify-response.js'
import type { RawJson } from './raw-json.js'
import type { Scene } from './scene.js'
import { openWire } from './wire.js'

/** Sends one case after the other, and counts the outcomes. */
export function openSender(scene: Scene, token: string) {
  const wire = openWire(scene, token)
  const outcomes = new Map<string, number>()
  let cases = 0
  return {
    outcomes,
    cases: () => cases,
    /** @param mayChange whether an accepted call may change rows */
    async send({ text }: RawJson, headers: Record<string, string>, mayChange: boolean): Promise<Outcome> {
      const outcome = classifyResponse(await wire.post(text, headers), scene.secrets)
      if (outcome.kind === 'accepted' && mayChange) scene.rows.accept()
      else scene.rows.expectUnchanged()
      cases += 1
      const key = outcome.kind === 'refused' ? outcome.code : outcome.kind
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1)
      return outcome
    },
  }
}
