/** Ends this process after its parent; runInstead() preloads it into every Node process below our commands. */
import { isMainThread } from 'node:worker_threads'
import { endWithParents } from './parents.mjs'

if (isMainThread) endWithParents()
