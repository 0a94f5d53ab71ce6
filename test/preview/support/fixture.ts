import path from 'node:path'

/** A small mini-program made for these tests. */
export const FIXTURE = path.resolve(__dirname, '../fixture')
