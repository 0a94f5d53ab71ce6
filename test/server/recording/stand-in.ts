/** Programs in ffmpeg's place. */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FFMPEG } from '../../support/ffmpeg'

/** In a stand-in's script: what the real one does. */
export const REAL = `exec "${FFMPEG}" "$@"`

/**
 * A program in a folder that says what it can do as the real one, and at work runs a script of sh instead. It runs as confined as the real
 * one, without a file that it may write to: what it notes are the names of folders.
 */
export class StandIn {
  readonly path: string
  private readonly log: string

  constructor(folder: string, script: string) {
    this.path = join(folder, 'ffmpeg-stand-in')
    this.log = join(folder, 'pids')
    const lines = ['#!/bin/sh', `case "$*" in *-encoders*) ${REAL};; esac`, `mkdir "${this.log}/$$"`, script]
    mkdirSync(this.log, { recursive: true })
    writeFileSync(this.path, `${lines.join('\n')}\n`)
    chmodSync(this.path, 0o755)
  }

  /** Of each run, its process. */
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
