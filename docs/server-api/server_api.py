"""A client of the call service's server API, for an app's own server, which knows the same APP_SECRET. Python 3.8 or newer. As a command:

    APP_SECRET=... python3 docs/server-api/server_api.py GET '/calls?state=running'
    APP_SECRET=... python3 docs/server-api/server_api.py POST /calls/<cid>/end
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.error
import urllib.request


def server_token(app_secret, seconds=300):
    """seconds: its lifetime, 3600 at most"""
    expires = base36(int(time.time() * 1000) + seconds * 1000)
    sign = hmac.new(app_secret.encode(), f"server {expires}".encode(), hashlib.sha256).digest()
    return f"server.{expires}.{base64.urlsafe_b64encode(sign).decode().rstrip('=')}"


def ask(service, app_secret, method, path, body=None):
    """The answer's body; None if it has none. Raises a RuntimeError with the service's message."""
    headers = {"Authorization": f"Bearer {server_token(app_secret)}"}
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode()
    request = urllib.request.Request(f"{service}/server/v1{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        message = json.loads(error.read() or b"{}").get("error", {}).get("message", "")
        raise RuntimeError(f"{error.code} {message}") from None
    return json.loads(text) if text else None


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


if __name__ == "__main__":
    where = os.environ.get("SERVICE", "http://127.0.0.1:8360")
    method, path, *rest = sys.argv[1:]
    try:
        answer = ask(where, os.environ.get("APP_SECRET", ""), method, path, json.loads(rest[0]) if rest else None)
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    except RuntimeError as error:
        sys.exit(str(error))
