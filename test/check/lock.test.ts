/**
 * `npm ci` refuses a lock file that lacks an optional package, also one for another platform; and a registry that does not offer
 * all of them makes npm write such a file.
 */
import { join } from 'node:path'
import { isRecord, readJson } from '../../scripts/check/files'

const { packages } = readJson(join(__dirname, '../../package-lock.json'))
const tree = isRecord(packages) ? packages : {}

/** The package that one at `from` gets for a name: the nearest in the folders above it. */
function resolve(from: string, name: string): unknown {
  const found = tree[`${from === '' ? '' : `${from}/`}node_modules/${name}`]
  if (found !== undefined || from === '') return found
  const end = from.lastIndexOf('/node_modules/')
  return resolve(end < 0 ? '' : from.slice(0, end), name)
}

test('package-lock.json contains the optional packages of every platform', () => {
  const missing = Object.entries(tree).flatMap(([from, entry]) => {
    const optional = isRecord(entry) && isRecord(entry['optionalDependencies']) ? entry['optionalDependencies'] : {}
    return Object.entries(optional).flatMap(([name, wanted]) => {
      const found = resolve(from, name)
      const isPinned = /^\d/.test(String(wanted))
      const fits = isRecord(found) && (!isPinned || found['version'] === wanted)
      return fits ? [] : [`${name}@${String(wanted)} for ${from}`]
    })
  })
  expect(missing).toEqual([])
})

test('package-lock.json contains no registry URL', () => {
  const named = Object.entries(tree).filter(([, entry]) => isRecord(entry) && 'resolved' in entry)
  expect(named).toEqual([])
})
