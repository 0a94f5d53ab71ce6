/** Sends the mini-program to WeChat, and answers the packages' `sizes`, and of a preview the `qrCode` for the terminal. */
import { work } from '../miniprogram-ci/worker.mjs'
import { deliver } from './deliver.mjs'

await work(deliver)
