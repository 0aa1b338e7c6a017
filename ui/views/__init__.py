"""One module per page; a page draws, reads input, calls a service and draws the result."""
