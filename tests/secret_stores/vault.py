"""Vault's key-value store, version 2: tokens, namespaces, versions, deletion, standby and sealed nodes."""

from typing import override

from aiohttp import web

from .store import Store

TOKEN = "hvs.fake-token"  # Visibly fake.


class VaultStore(Store):
    """One mount with secrets by path; each write makes a version."""

    def __init__(self, mount: str = "secret", namespace: str = "") -> None:
        """Begin empty and unsealed."""
        super().__init__()
        self.mount = mount
        self.namespace = namespace
        self.sealed = False
        self.standby_of = ""
        """Where a standby node sends its clients; empty: this is the active node."""

        self._versions: dict[str, list[dict[str, str] | None]] = {}

    def write(self, path: str, **fields: str) -> None:
        """Write a new version."""
        self._versions.setdefault(path, []).append(fields)

    def delete(self, path: str) -> None:
        """Delete the newest version."""
        self._versions[path][-1] = None

    @override
    async def answer(self, request: web.Request) -> web.StreamResponse:
        if self.sealed:
            return web.json_response({"errors": ["Vault is sealed"]}, status=503)
        if self.standby_of:
            raise web.HTTPTemporaryRedirect(self.standby_of + request.path)
        token, namespace = request.headers.get("X-Vault-Token"), request.headers.get("X-Vault-Namespace", "")
        if token != TOKEN or namespace != self.namespace:
            return web.json_response({"errors": ["permission denied"]}, status=403)
        versions = self._versions.get(request.path.removeprefix(f"/v1/{self.mount}/data/"))
        if not versions:
            return web.json_response({"errors": []}, status=404)
        deleted = "2026-11-22T15:00:00.000000000Z" if versions[-1] is None else ""
        metadata = {"version": len(versions), "destroyed": False, "deletion_time": deleted, "custom_metadata": None}
        body = {
            "request_id": "fake",
            "lease_id": "",
            "renewable": False,
            "lease_duration": 0,
            "data": {"data": versions[-1], "metadata": metadata},
            "wrap_info": None,
            "warnings": None,
            "auth": None,
        }
        return web.json_response(body, status=404 if deleted else 200)
