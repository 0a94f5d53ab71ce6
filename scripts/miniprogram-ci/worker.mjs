/** The other side of `run.ts`, in the process that miniprogram-ci has for itself: its folder is the current one. */
import { readFileSync, writeFileSync } from 'node:fs'

/** What is not part of the mini-program, below the project's folder. A service that runs beside adds and removes recordings. */
export const IGNORES = ['node_modules/**/*', 'data/**/*', 'dist/**/*']

/**
 * Does the work with the orders, and answers what it gives; a failure of whatever kind is answered as
 * `{ failure: { code, message } }`, the code being one of miniprogram-ci's, or null. Ends the process.
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

/** The answer for a failure. */
export function failureOf(error) {
  const message = error instanceof Error ? error.message : typeof error === 'string' ? error : JSON.stringify(error)
  return { failure: { code: Number(error?.code) || null, message } }
}

function answer(value) {
  writeFileSync('answer.json', JSON.stringify(value))
  process.exit(0)
}
