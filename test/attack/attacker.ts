/** The attacker process: `attacker.ts <attack> <target as JSON>`. Runs until it is killed. */
import { constants, setPriority } from 'node:os'
import { z } from 'zod'
import { ATTACKS, isAttack } from './attacks'

const target = z.object({ url: z.string(), rtmpPort: z.number(), victims: z.array(z.string()) })

async function main([name = '', json = '']: readonly string[]): Promise<void> {
  if (!isAttack(name)) throw new Error(`there is no attack "${name}"`)
  // Real attackers run on other machines: this one must not take the processor from the service.
  setPriority(constants.priority.PRIORITY_LOW)
  // Its connections are closed in many ways.
  process.on('unhandledRejection', () => {})
  await ATTACKS[name](target.parse(JSON.parse(json)))
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
