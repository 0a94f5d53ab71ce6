/**
 * Starts the remux worker. In JavaScript: threads of Node 20 do not take over tsx from the program's command line, and
 * tests start them from a program without it. As CommonJS it loads in half the CPU time: tsx needs no second thread then.
 */
import { createRequire } from 'node:module'
import { register } from 'tsx/cjs/api'

register()
createRequire(import.meta.url)('./remux-thread.ts')
