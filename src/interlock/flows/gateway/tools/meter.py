"""Tool calls count as requests: limits of the gateway, of the workflow's traffic and of the client hold for them."""

import asyncio
from dataclasses import dataclass

from interlock.flows.gateway.access.standing import TrafficStandings
from interlock.flows.gateway.limits.limiter import Limiter
from interlock.terms.gateway.client import Client
from interlock.terms.gateway.limits import Need
from interlock.terms.gateway.refusal import Refusal

NO_MODEL = ""  # limits of one model are not about tools
ONE_CALL = Need(tokens=0, micro_usd=0)


@dataclass(frozen=True, slots=True)
class CallMeter:
    """Over the limiter of this process, and what traffic may do by what is on record."""

    limiter: Limiter
    standings: TrafficStandings

    async def count(self, client: Client) -> Refusal | None:
        """One call more; why there is no room for it, None where there is. A store that is silent is a refusal."""
        authority = self.standings.kept(client.workflow, client.tenant)
        if authority is None:
            authority = await asyncio.to_thread(self.standings.read, client.workflow, client.tenant)
        if isinstance(authority, Refusal):
            return authority
        found = await self.limiter.reserve(authority, client, NO_MODEL, ONE_CALL)
        if isinstance(found, Refusal):
            return found
        self.limiter.settle(found, tokens=0, micro_usd=0)
        return None
