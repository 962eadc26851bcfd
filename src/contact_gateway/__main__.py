"""`python -m contact_gateway` is the command `contact-gateway`."""

from contact_gateway.cli import main

main()
