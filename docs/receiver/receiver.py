"""An app's server that receives the call service's callbacks. Python 3.8 or newer, no packages:
APP_KEY=… APP_SECRET=… PORT=8400 python3 receiver.py, and the service with CALLBACK_URL=http://127.0.0.1:8400/
"""

import hashlib
import hmac
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

APP_KEY = os.environ.get("APP_KEY", "netcall-demo")
APP_SECRET = os.environ["APP_SECRET"]
BIGGEST = 1024 * 1024
OLDEST = 5 * 60


def is_genuine(headers, body):
    """Whether the service sent this, unchanged and just now, under this id. The body is the bytes as they came.

    NetEase's own service sends no X-Callback-Id and no X-Callback-Signature: there leave the last line out and take the MD5 for the id.
    """
    md5 = hashlib.md5(body).hexdigest()
    time_sent = headers.get("CurTime", "")
    expected = hashlib.sha1((APP_SECRET + md5 + time_sent).encode()).hexdigest()
    signed = headers.get("X-Callback-Id", "") + md5 + time_sent
    signature = hmac.new(APP_SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return (
        headers.get("AppKey") == APP_KEY
        and headers.get("MD5") == md5
        and hmac.compare_digest(headers.get("CheckSum", "").encode(), expected.encode())
        and abs(time.time() - int(time_sent) / 1000) < OLDEST
        and hmac.compare_digest(headers.get("X-Callback-Signature", "").encode(), signature.encode())
    )


# Ids of events that were dealt with. Your server: a unique column, written together with what `handle` writes.
known = {}
one_at_a_time = threading.Lock()


def once(event_id, work):
    """Deals with an event once, however often it comes; one that failed is dealt with when it comes again."""
    with one_at_a_time:
        if event_id in known:
            return
        work()
        known[event_id] = True
        if len(known) > 10_000:
            del known[next(iter(known))]


def handle(event_id, event):
    """What your app does: write it down, download the files (their links expire), tell somebody."""
    kind = str(event["eventType"])
    seen = {"id": event_id, "type": kind}
    if kind == "20":
        seen.update({"from": event["fromAccount"], "to": event["toAccountList"]})
    elif kind == "5":
        members = [{"accid": one["accid"], "seconds": one["duration"]} for one in json.loads(event["members"])]
        seen.update({"channelId": event["channelId"], "status": event["status"]})
        # `running`: the call still runs, and another event 5 follows.
        seen.update({"running": event.get("running", False), "members": members})
    elif kind == "not-connected":
        seen.update({"channelId": event["channelId"], "from": event["fromAccount"]})
        seen.update({"to": event["toAccountList"], "reason": event["reason"]})
    elif kind == "unreachable":
        # Tell them by other means; subscription-message.mjs shows how WeChat does.
        seen.update({"channelId": event["channelId"], "from": event["fromAccount"], "to": event["toAccountList"]})
    elif kind == "6":
        # A mixed file has the user "0". More events 6 may follow for the same call.
        names = ("user", "filename", "md5", "url")
        seen["files"] = [{name: file[name] for name in names} for file in json.loads(event["fileinfo"])]
    print(json.dumps(seen), flush=True)


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        self.send_response(self.status())
        self.send_header("Content-Length", "0")
        self.end_headers()

    def status(self):
        try:
            size = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(size) if 0 <= size <= BIGGEST else b""
            if not is_genuine(self.headers, body):
                return 403
            event_id = self.headers["X-Callback-Id"]
            once(event_id, lambda: handle(event_id, json.loads(body)))
            return 200
        except Exception as error:  # Anything but 200 makes the service send it again.
            print(error, file=sys.stderr, flush=True)
            return 500

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8400"))), Receiver)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
