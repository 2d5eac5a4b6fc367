"""API_ROOT_PATH: the path that a proxy serves this under; by default none, and nothing is in the
way."""

from starlette.types import ASGIApp, Receive, Scope, Send


class RootPathMiddleware:
    """Tells what lies behind. It matters nothing whether the proxy takes the path away."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["root_path"] = self._root_path
        await self._app(scope, receive, send)
