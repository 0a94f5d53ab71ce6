import { encryptionOf, encryptKeyArgument, encryptTypeArgument } from '../netcall/arguments'
import type { EncryptType } from '../netcall/constants'
import type { SdkInstance } from './instance'

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

  async tell(instance: SdkInstance): Promise<void> {
    if (this.type === 0) return
    await this.setType(this.type, instance)
    await this.setKey(this.key, instance)
  }
}
