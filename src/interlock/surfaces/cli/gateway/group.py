"""`interlock gateway`: it serves unless another of its commands is named."""

from interlock.surfaces.cli.usual import UsualGroup


class GatewayGroup(UsualGroup):
    """Plain `interlock gateway` serves."""

    usual = "serve"
