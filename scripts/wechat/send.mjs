/** Sends the mini-program to WeChat; answers the packages' `sizes`, and for a preview the `qrCode` for the terminal. */
import { work } from '../miniprogram-ci/worker.mjs'
import { deliver } from './deliver.mjs'

await work(deliver)
