import { member } from '../../json'
import { serviceAddress } from '../../services/session'

/** Why a scan returned no address, as keys of the login texts. */
export type ScanProblem = 'scannedNothing' | 'scanFailed'

type Scanned = { service: string } | { problem: ScanProblem } | 'cancelled'

/** Scans the QR code that `npm start -- --lan` shows. Never rejects. */
export async function scanService(): Promise<Scanned> {
  try {
    const { result } = await wx.scanCode({ scanType: ['qrCode'] })
    const service = serviceAddress(result)
    return service === null ? { problem: 'scannedNothing' } : { service }
  } catch (error) {
    return /cancel/.test(String(member(error, 'errMsg'))) ? 'cancelled' : { problem: 'scanFailed' }
  }
}
