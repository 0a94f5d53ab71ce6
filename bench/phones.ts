import { resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../test/e2e/support/browser'
import { Phone } from '../test/e2e/support/phone'
import type * as Probe from './page/probe'
import { startProgram, type RunningProgram } from './program'

type Probes = typeof Probe

/** A phone with a probe in it. */
export class ProbedPhone extends Phone {
  /** Calls a function of page/probe.ts in the phone. */
  ask<Name extends keyof Probes>(
    name: Name,
    ...args: Parameters<Probes[Name]>
  ): Promise<Awaited<ReturnType<Probes[Name]>>> {
    const probe = JSON.stringify(`/@fs${resolve('bench/page/probe.ts')}`)
    const call = `${name}(${args.map((arg) => JSON.stringify(arg)).join()})`
    return this.frame.evaluate(`import(${probe}).then((probe) => probe.${call})`)
  }
}

export interface Phones {
  alice: ProbedPhone
  bob: ProbedPhone
  chromium: string
  /** The preview: its page and the service, in one process. */
  preview: RunningProgram
  close(): Promise<void>
}

/** The preview as in `npm start`, with two signed-in phones in a headless browser. */
export async function openPhones(): Promise<Phones> {
  const preview = await startProgram('preview/main.ts')
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    await preview.close()
  }
  try {
    browser = await openBrowser()
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    await page.goto(`${preview.url}/?accounts=alice,bob&source=synthetic&stamp`)
    const alice = new ProbedPhone('alice', page)
    const bob = new ProbedPhone('bob', page)
    for (const account of ['alice', 'bob']) {
      await page.frameLocator(`iframe[name=${account}]`).locator('.person .dot.here').first().waitFor()
    }
    for (const phone of [alice, bob]) await phone.ask('lastTap')
    return { alice, bob, chromium: browser.version(), preview, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Alice calls Bob, and Bob accepts. */
export async function call({ alice, bob }: Phones, kind: 'audio' | 'video'): Promise<void> {
  await alice.tap(`.person .${kind}`)
  await bob.tap('#accept')
}

/** Ends the call and waits until both phones have released cameras and players. */
export async function endCall({ alice, bob }: Phones): Promise<void> {
  await alice.hangUp()
  for (const phone of [alice, bob]) await phone.sees('.person .video')
}
