/** The folders of a call's recording. Finished files are directly in the call's folder. */
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isMissing } from './reason'

export const spoolFolder = (callFolder: string): string => join(callFolder, 'spool')
export const mixFolder = (callFolder: string): string => join(callFolder, 'mixing')
const asideFolder = (callFolder: string): string => join(callFolder, 'unfinished')
/** Name of a folder that is being deleted: not a number, so that it is not remuxed again. */
const SPENT = '.spent'

/** Deletes participants' spool folders, each atomically, and folders of the call that are then empty. */
export async function removeSpool(callFolder: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rename(folder, folder + SPENT)
  await sweepSpool(callFolder)
}

/** Completes the deletion of spool folders that a crash interrupted. */
export async function sweepSpool(callFolder: string): Promise<void> {
  const spool = spoolFolder(callFolder)
  const names = await readdir(spool).catch(() => [])
  for (const name of names) if (name.endsWith(SPENT)) await rm(join(spool, name), { recursive: true, force: true })
  // A folder that is not empty (finished files, a new publication) is kept.
  for (const folder of [spool, callFolder]) await rmdir(folder).catch(() => undefined)
}

/** Bytes of all files in a folder and its subfolders; files that disappear meanwhile are ignored. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => (await stat(join(parentPath, name)).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Names of the numbered subfolders, sorted; empty if the folder does not exist. */
export async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isDirectory() && /^\d{1,16}$/.test(entry.name))
      .map(({ name }) => name)
    return names.sort((a, b) => Number(a) - Number(b))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Moves a participant's spool folder to `unfinished/`, for a person to inspect. */
export async function setAside(callFolder: string, folder: string): Promise<void> {
  const place = join(asideFolder(callFolder), basename(folder))
  await mkdir(place, { recursive: true })
  for (const name of await readdir(folder)) await rename(join(folder, name), join(place, name))
  await rmdir(folder)
}
