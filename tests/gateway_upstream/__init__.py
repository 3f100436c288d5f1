"""An upstream of our own: it speaks both wire formats, and answers well or badly, as a test wants it.

`behaviour` says what a test may want, `openai_wire` and `anthropic_wire` write the events of an answer, `plan` puts
them into the pieces that go out, `server` plays a plan on a socket and `played` on the gateway's own port, without one.
"""
