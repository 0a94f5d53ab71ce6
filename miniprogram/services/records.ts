export class Records {
  constructor(signedIn: () => { service: string; account: string; token: string } | null) {
    void signedIn
  }
}
