"""The service: reads the published views of one warehouse and answers over HTTP. It writes nowhere
and computes no gap."""

# of the HTTP contract; part of every ETag, so a change of a response's shape needs a new one
__version__ = "1.1.0"
