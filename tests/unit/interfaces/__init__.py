"""What interfaces make of views and requests, without a socket, a bus or a file."""
