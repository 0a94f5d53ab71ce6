/** Ends this process once its parent has ended: runInstead() preloads it into every Node process below one of our commands. */
import { isMainThread } from 'node:worker_threads'
import { endWithParents } from './parents.mjs'

if (isMainThread) endWithParents()
