"""The part of an app's server that signs its users in at the call service, which knows the same APP_SECRET. Python 3.8 or newer.
Ask your own login who it is that asks, then answer with `account_token(account, APP_SECRET)`. The secret stays on servers.
"""

import base64
import hashlib
import hmac
import time


def account_token(account, app_secret, seconds=24 * 3600):
    """seconds: how long the token is good for: one that is too old cannot sign in, a link that is open stays open"""
    claim = f"{account}.{base36(int(time.time() * 1000) + seconds * 1000)}"
    sign = hmac.new(app_secret.encode(), f"account {claim}".encode(), hashlib.sha256).digest()
    return f"{claim}.{base64.urlsafe_b64encode(sign).decode().rstrip('=')}"


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
