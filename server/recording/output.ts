import { Output, type OutputFormat } from 'mediabunny'
import { fileTarget } from './file-target'

/** Has `fill` write a media file, and closes it whatever happens. */
export async function withOutput(
  format: OutputFormat,
  path: string,
  fill: (output: Output) => Promise<void>,
): Promise<void> {
  const output = new Output({ format, target: fileTarget(path) })
  try {
    await fill(output)
    await output.finalize()
  } catch (error) {
    // Closes the file; what went wrong is already known.
    await output.cancel().catch(() => undefined)
    throw error
  }
}
