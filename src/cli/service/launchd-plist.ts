import type { ServiceSpec } from './spec.js'

export const LAUNCHD_LABEL = 'spoold.daemon'

/** Identifies property lists written by `spoold service install`; installed ones have it, so it must not change. */
export const PLIST_MARK = '<!-- Made by `spoold service install`.'

/** The launchd agent of the daemon, an XML property list (launchd.plist(5)). */
export function launchdPlist({ argv, environment }: ServiceSpec): string {
  const words = argv.map((word) => `      <string>${escapeXml(word)}</string>`)
  const variables = Object.entries(environment).map(
    ([name, value]) => `      <key>${escapeXml(name)}</key>\n      <string>${escapeXml(value)}</string>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${PLIST_MARK} It is replaced by the next install. -->
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${LAUNCHD_LABEL}</string>
    <key>ProgramArguments</key>
    <array>
${words.join('\n')}
    </array>
    <!-- From the shell of the installation: agents are not on launchd's PATH. -->
    <key>EnvironmentVariables</key>
    <dict>
${variables.join('\n')}
    </dict>
    <key>RunAtLoad</key>
    <true/>
    <!-- After spoold stop it stays stopped. -->
    <key>KeepAlive</key>
    <dict>
      <key>SuccessfulExit</key>
      <false/>
    </dict>
    <!-- Stops only the daemon; the next one adopts its tasks. -->
    <key>AbandonProcessGroup</key>
    <true/>
    <!-- Longer than the daemon takes to stop. -->
    <key>ExitTimeOut</key>
    <integer>30</integer>
    <!-- Otherwise launchd throttles the agents. -->
    <key>ProcessType</key>
    <string>Interactive</string>
  </dict>
</plist>
`
}

/** The command line in our property list; undefined if it has none. */
export function plistCommand(plist: string): string[] | undefined {
  const list = /<key>ProgramArguments<\/key>\s*<array>(.*?)<\/array>/s.exec(plist)?.[1]
  if (list === undefined) return undefined
  return [...list.matchAll(/<string>(.*?)<\/string>/gs)].map(([, word = '']) => unescapeXml(word))
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]

function escapeXml(text: string): string {
  return ENTITIES.reduce((escaped, [character, entity]) => escaped.replaceAll(character, entity), text)
}

function unescapeXml(text: string): string {
  return ENTITIES.reduceRight((plain, [character, entity]) => plain.replaceAll(entity, character), text)
}
