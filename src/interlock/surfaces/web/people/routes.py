"""All addresses of this area."""

from fastapi import APIRouter

from interlock.surfaces.web.people import accounts, gateway_keys, keys, tenants

routes = APIRouter()
for part in (accounts, keys, gateway_keys, tenants):
    routes.include_router(part.routes)
