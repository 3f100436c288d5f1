"""All addresses of the settings, but for who comes in."""

from fastapi import APIRouter

from interlock.surfaces.web.settings import calendar, index, notifications, organisation, retention, rights

routes = APIRouter()
for part in (index, organisation, rights, calendar, notifications, retention):
    routes.include_router(part.routes)
