import type { ServiceOrder } from './service-manager.js'

export const LAUNCHD_LABEL = 'spoold.daemon'

/** In a property list that `spoold service install` wrote. */
export const PLIST_MARK = '<!-- Made by `spoold service install`.'

/** The launchd agent of the daemon, an XML property list (launchd.plist(5)). */
export function launchdPlist({ argv, environment }: ServiceOrder): string {
  const words = argv.map((word) => `      <string>${escapeXml(word)}</string>`)
  const variables = Object.entries(environment).map(
    ([name, value]) => `      <key>${escapeXml(name)}</key>\n      <string>${escapeXml(value)}</string>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
${PLIST_MARK} The next one writes it anew. -->
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${LAUNCHD_LABEL}</string>
    <key>ProgramArguments</key>
    <array>
${words.join('\n')}
    </array>
    <!-- Of the shell that installed it: with the PATH of launchd agents would not be found. -->
    <key>EnvironmentVariables</key>
    <dict>
${variables.join('\n')}
    </dict>
    <key>RunAtLoad</key>
    <true/>
    <!-- One that spoold stop has ended stays so. -->
    <key>KeepAlive</key>
    <dict>
      <key>SuccessfulExit</key>
      <false/>
    </dict>
    <!-- Only the daemon is ended with the service; the next one goes on with the tasks. -->
    <key>AbandonProcessGroup</key>
    <true/>
    <!-- Longer than the daemon takes to close. -->
    <key>ExitTimeOut</key>
    <integer>30</integer>
    <!-- Else launchd slows down what the agents do. -->
    <key>ProcessType</key>
    <string>Interactive</string>
  </dict>
</plist>
`
}

/** The command line of a property list of ours; undefined where it has none. */
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
