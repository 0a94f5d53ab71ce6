import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow } from './files'
import type { Report } from './report'

/** Folders whose comments are checked. */
const FOLDERS = ['miniprogram', 'server', 'preview', 'scripts']
const COMMENT = /^\s*(?:\/\*\*|\*|\/\/)\s?(.*?)(?:\*\/)?\s*$/
/** Words and phrases that docs/glossary.md replaces, with few legitimate uses in comments. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/^(?:Who|Whoever|Whom) /, 'name the subject: "a member that …"'],
  [/\bwhoever\b/i, 'name it'],
  [/\bgoes on\b/, '"continues"'],
  [/\bis over\b/, '"has ended"'],
  [/\bput out\b/, '"kicked", "disconnected"'],
  [/\blet in\b/, '"accepted", "admitted"'],
  [/\b(?:ledger|finisher|seat)s?\b/i, 'see the glossary'],
  [/\bholders?\b/i, '"subject", "owner"'],
  [/\bthe seed\b/, '"the recording document"'],
]

/** Comments must not use words that docs/glossary.md replaces. */
export function checkWording(root: string): Report {
  const problems = FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesBelow(join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((file) => /\.(?:ts|mjs)$/.test(file) && !file.includes('node_modules/'))
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const comment = COMMENT.exec(line)?.[1] ?? ''
          const found = BANNED.find(([pattern]) => pattern.test(comment))
          return found ? [`${file}:${index + 1}: "${found[0].exec(comment)?.[0].trim()}": ${found[1]}`] : []
        }),
    )
  return { problems }
}
