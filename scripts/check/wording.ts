import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow } from './files'
import type { Report } from './report'

/** Folders whose comments and messages are checked. */
const FOLDERS = ['miniprogram', 'server', 'preview', 'scripts', 'test', 'bench']
/** Tests this check with the words it refuses. */
const EXAMPLES = 'test/check/checks.test.ts'
const COMMENT = /^\s*(?:\/\*\*|\*|\/\/)\s?(.*?)(?:\*\/)?\s*$/
/** Words and phrases that docs/glossary.md replaces, with few legitimate uses in comments and messages. */
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

const STRING = /(['"`])(.*?)\1/g

/** A line's comment, or its strings of more than one word: log lines, error messages, UI texts, test titles. */
function sentencesIn(line: string): string[] {
  const comment = COMMENT.exec(line)?.[1]
  if (comment !== undefined) return [comment]
  return [...line.matchAll(STRING)].map(([, , text]) => text ?? '').filter((text) => text.includes(' '))
}

/** Comments and messages must not use words that docs/glossary.md replaces. */
export function checkWording(root: string): Report {
  const problems = FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesBelow(join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((file) => /\.(?:ts|mjs)$/.test(file) && !file.includes('node_modules/') && file !== EXAMPLES)
    .flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const sentences = sentencesIn(line)
          return BANNED.flatMap(([pattern, instead]) =>
            sentences.flatMap((sentence) => {
              const word = pattern.exec(sentence)?.[0].trim()
              return word === undefined ? [] : [`${file}:${index + 1}: "${word}": ${instead}`]
            }),
          )
        }),
    )
  return { problems }
}
