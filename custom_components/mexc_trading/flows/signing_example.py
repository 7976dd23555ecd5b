"""A first signal to copy: a shell script that signs and sends one, with nothing but ``openssl`` and ``curl``."""

from typing import Final

_SCRIPT: Final = r"""url='__URL__'
secret='__SECRET__'
at="$(date -u +%s)"
id="msg_$(openssl rand -hex 12)"
body='{"schema_version": 1, "signal_id": "first-'"$at"'",
  "issued_at": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "symbol": "__SYMBOL__",
  "action": "enter", "side": "buy", "size": {"notional": "10"}}'
key="$(printf %s "${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')"
mac="$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"
curl -sS "$url" -H 'content-type: application/json' \
  -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$mac" \
  --data-binary "$body"
"""


def signing_example(*, url: str, secret: str, symbol: str) -> str:
    """Write the script for one webhook. URL, base64 and symbol are our own and hold nothing that needs quoting."""
    return _SCRIPT.replace("__URL__", url).replace("__SECRET__", secret).replace("__SYMBOL__", symbol).rstrip()
