/** Fake ffmpeg programs. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FFMPEG } from '../../support/ffmpeg'

/** In a fake's script: what the real one does. */
export const REAL = `exec "${FFMPEG}" "$@"`

/**
 * A program in a folder that reports the real one's encoders, and runs a shell script for work. It is confined like the real one, without a
 * writable file: it records its runs as names of folders.
 */
export class FakeFfmpeg {
  readonly path: string
  private readonly log: string

  constructor(folder: string, script: string) {
    this.path = join(folder, 'fake-ffmpeg')
    this.log = join(folder, 'pids')
    const lines = ['#!/bin/sh', `case "$*" in *-encoders*) ${REAL};; esac`, `mkdir "${this.log}/$$"`, script]
    mkdirSync(this.log, { recursive: true })
    writeFileSync(this.path, `${lines.join('\n')}\n`)
    chmodSync(this.path, 0o755)
  }

  /** The process of each run. */
  get pids(): number[] {
    return readdirSync(this.log).map(Number)
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
