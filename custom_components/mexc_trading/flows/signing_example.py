"""A first signal to copy: a shell script that sends one, signed by ``openssl`` or with a token in its body."""

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

_UNSIGNED: Final = r"""url='__URL__'
at="$(date -u +%s)"
curl -sS "$url" -H 'content-type: application/json' --data-binary '{
  "token": "__SECRET__",
  "schema_version": 1, "signal_id": "first-'"$at"'",
  "issued_at": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "symbol": "__SYMBOL__",
  "action": "enter", "side": "buy", "size": {"notional": "10"}}'
"""


def signing_example(*, url: str, secret: str, symbol: str) -> str:
    """Write the script for one webhook. URL, base64 and symbol are our own and hold nothing that needs quoting."""
    return _filled(_SCRIPT, url, secret, symbol)


def token_example(*, url: str, secret: str, symbol: str) -> str:
    """Write the script for a webhook whose sender cannot sign."""
    return _filled(_UNSIGNED, url, secret, symbol)


def _filled(script: str, url: str, secret: str, symbol: str) -> str:
    return script.replace("__URL__", url).replace("__SECRET__", secret).replace("__SYMBOL__", symbol).rstrip()
