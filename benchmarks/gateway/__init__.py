"""What the gateway costs beside a bare pass-through and beside others, on one upstream, in one run."""
