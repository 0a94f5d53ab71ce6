/**
 * `npm ci` rejects a lock file without an optional package, also of another platform; npm writes such a file with a registry that does not
 * offer all of them.
 */
import { join } from 'node:path'
import { isRecord, readJson } from '../../scripts/check/files'

const { packages } = readJson(join(__dirname, '../../package-lock.json'))
const tree = isRecord(packages) ? packages : {}

/** The package that `from` resolves a name to: the nearest one in the parent folders. */
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
