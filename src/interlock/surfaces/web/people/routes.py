"""All addresses of this area."""

from fastapi import APIRouter

from interlock.surfaces.web.people import accounts, keys, tenants

routes = APIRouter()
for part in (accounts, keys, tenants):
    routes.include_router(part.routes)
