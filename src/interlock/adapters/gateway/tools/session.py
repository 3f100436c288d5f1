"""A client session that lets no server make use of the client behind it."""

import mcp_types as types
from mcp.client.session import ClientRequestContext, ClientSession

WORDS = {
    types.CreateMessageRequest: "no tool server may ask a model through this gateway: that would be ungoverned traffic",
    types.ElicitRequest: "no tool server may ask people questions through this gateway",
    types.ListRootsRequest: "no tool server is told of the client's folders by this gateway",
}


class ClosedSession(ClientSession):
    """Sampling, elicitation and roots are refused, with words; none of them is offered either."""

    async def dispatch_input_request(
        self,
        ctx: ClientRequestContext,  # noqa: ARG002 - the session's own signature
        request: types.InputRequest,
    ) -> types.InputResponse | types.ErrorData:
        """Every request of a server is answered with an error."""
        return types.ErrorData(code=types.INVALID_REQUEST, message=WORDS[type(request)])
