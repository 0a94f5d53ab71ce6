import { encryptionOf, encryptKeyArgument, encryptTypeArgument } from '../netcall/arguments'
import type { EncryptType } from '../netcall/constants'
import type { SdkInstance } from './instance'
import type { NetcallSdk } from './sdk'

/** How the media is encrypted: told to each new instance of the SDK, which knows of none. */
export class Encryption {
  private type: EncryptType = 0
  private key = ''

  async setType(type: EncryptType, instance: SdkInstance | null): Promise<void> {
    this.type = encryptTypeArgument(type)
    await instance?.ask('setEncryptType', (sdk) => sdk.setEncryptType(type))
  }
  async setKey(key: string, instance: SdkInstance | null): Promise<void> {
    this.key = encryptKeyArgument(key)
    await instance?.ask('setEncryptKey', (sdk) => sdk.setEncryptKey(key))
  }

  /** Throws a `NetcallError` where there is a type and no key. */
  check(): void {
    encryptionOf(this.type, this.key)
  }

  /** At once, so that no step into a session is quicker. */
  tell(sdk: NetcallSdk): void {
    if (this.type === 0) return
    sdk.setEncryptType(this.type)
    sdk.setEncryptKey(this.key)
  }
}
