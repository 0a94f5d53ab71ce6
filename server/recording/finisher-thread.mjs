/**
 * Starts the finisher's thread. In JavaScript: threads of Node 20 do not take over tsx from the program's command line,
 * and tests start them from a program without it.
 */
import { register } from 'tsx/esm/api'

register()
await import('./finisher-thread.ts')
