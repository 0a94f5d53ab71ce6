/** The other side of `run.ts`, in miniprogram-ci's process, with its folder as the current one. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Not part of the mini-program. A running service adds and removes recordings. */
export const IGNORES = ['node_modules/**/*', 'data/**/*', 'dist/**/*']

/**
 * Runs the work with the orders and answers its result; failures are answered as `{ failure: { code, message } }` with miniprogram-ci's
 * code, or null. Ends the process.
 */
export async function work(does) {
  process.on('unhandledRejection', fail)
  process.on('uncaughtException', fail)
  try {
    answer(await does(JSON.parse(readFileSync('orders.json', 'utf8'))))
  } catch (error) {
    fail(error)
  }
}

function fail(error) {
  answer(failureOf(error))
}

/** The answer of a failure. */
export function failureOf(error) {
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : JSON.stringify(error)
  return { failure: { code: Number(error?.code) || null, message } }
}

function answer(value) {
  writeFileSync('answer.json', JSON.stringify(value))
  process.exit(0)
}
