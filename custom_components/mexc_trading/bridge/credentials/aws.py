"""AWS Secrets Manager, through Amazon's own client, which finds its credentials as it always does.

The client is no requirement of the integration: Home Assistant installs it when somebody chooses this source. Its
calls block, so all of it, the import included, happens off the event loop.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from ...exchange.payload import read_json
from .source import KeyPair, SourceTrouble, away, denied, missing, pair_of

REQUIREMENT: Final = "boto3"
TIMEOUT_S: Final = 10

_MISSING: Final = frozenset({"ResourceNotFoundException", "InvalidRequestException", "InvalidParameterException"})
_DENIED: Final = frozenset(
    {
        "AccessDeniedException",
        "DecryptionFailure",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "UnrecognizedClientException",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsReference:
    """One secret, whose text is a JSON object. ``endpoint_url`` is for private endpoints; empty: Amazon's own."""

    secret_id: str
    region: str
    key_field: str
    secret_field: str
    endpoint_url: str = ""


async def read_aws(reference: AwsReference) -> KeyPair | SourceTrouble:
    """Read the current version of the secret."""
    return await asyncio.to_thread(_read, reference)


def _read(reference: AwsReference) -> KeyPair | SourceTrouble:
    from boto3.session import Session  # noqa: PLC0415  # Installed and paid for only by whoever uses it.
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError  # noqa: PLC0415

    waits = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries={"total_max_attempts": 2})
    try:
        client = Session().client(
            "secretsmanager",
            region_name=reference.region,
            endpoint_url=reference.endpoint_url or None,
            config=waits,
        )
        text = client.get_secret_value(SecretId=reference.secret_id).get("SecretString", "")
    except (NoCredentialsError, PartialCredentialsError) as error:
        return denied(type(error).__name__)
    except ClientError as error:
        return _trouble(reference, str(error.response.get("Error", {}).get("Code", "")))
    except (BotoCoreError, ValueError) as error:
        return away(f"{reference.region} ({type(error).__name__})")
    fields = read_json(text.encode())
    if not isinstance(fields, dict):
        return missing(reference.secret_id)
    return pair_of(fields, reference.key_field, reference.secret_field)


def _trouble(reference: AwsReference, code: str) -> SourceTrouble:
    if code in _MISSING:
        return missing(reference.secret_id)
    return denied(code) if code in _DENIED else away(f"{reference.region} ({code})")
