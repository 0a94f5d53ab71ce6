/** Bundles modules into one: a page that requests hundreds of them takes seconds to load. */
import path from 'node:path'
import { rolldown, type Plugin, type SourceMap } from 'rolldown'

export interface Bundle {
  code: string
  map: SourceMap | null
  /** All modules in it. */
  files: string[]
}

/** A module with its relative imports, dynamic ones included. Packages, virtual modules and styles stay imports. */
export async function bundle(entry: string, plugins: Plugin[] = []): Promise<Bundle> {
  const build = await rolldown({
    input: entry,
    plugins,
    external: (id) => id.endsWith('.css') || !(/^[./\0]/.test(id) || path.isAbsolute(id)),
    platform: 'browser',
    // Sources are identified by their paths.
    resolve: { symlinks: false },
    treeshake: false,
    logLevel: 'silent',
  })
  try {
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      sourcemap: 'hidden',
      sourcemapPathTransform: (source, map) => path.resolve(path.dirname(map), source),
    })
    const [{ code, map, moduleIds }] = output
    return { code, map, files: moduleIds.filter((id) => path.isAbsolute(id)) }
  } finally {
    await build.close()
  }
}
