"""One module an endpoint: each a function of the parts and a parsed request that returns status, body and headers."""
