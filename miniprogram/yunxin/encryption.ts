import { encryptionOf, encryptKeyArgument, encryptTypeArgument } from '../netcall/arguments'
import type { EncryptType } from '../netcall/constants'
import type { SdkInstance } from './instance'
import type { NetcallSdk } from './sdk'

/** Media encryption; set on each new instance of the SDK, which does not keep it. */
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

  /** Throws a `NetcallError` for a type without a key. */
  check(): void {
    encryptionOf(this.type, this.key)
  }

  /** Synchronously, before any step into a session. */
  tell(sdk: NetcallSdk): void {
    if (this.type === 0) return
    sdk.setEncryptType(this.type)
    sdk.setEncryptKey(this.key)
  }
}
