import { cpus, loadavg, totalmem } from 'node:os'

/** The machine in one line; `chromium`: its version, if used. */
export function machineLine(chromium: string | null): string {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const parts = [
    `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `${memory} GB`,
    `Node ${process.versions.node}`,
    ...(chromium === null ? [] : [`Chromium ${chromium}`]),
    `${process.platform} ${process.arch}`,
  ]
  return `Machine: ${parts.join(', ')}`
}

/** Other load distorts every figure: it is printed before and after. */
export function loadLine(): string {
  const [minute = 0, fiveMinutes = 0] = loadavg()
  return `Load average: ${minute.toFixed(2)} over the last minute, ${fiveMinutes.toFixed(2)} over five`
}
