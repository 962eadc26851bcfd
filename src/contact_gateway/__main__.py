"""The command `contact-gateway`, which `python -m contact_gateway` is too."""

import sys

from contact_gateway.event_loop.held_signals import hold

__all__ = ["main"]


def main() -> None:
    """Run the command line; `serve` is what supervisors start, and stop whenever they like."""
    if "serve" in sys.argv[1:2]:
        hold()  # before anything is imported that takes time
    from contact_gateway.cli import app  # noqa: PLC0415 - as above

    app()


if __name__ == "__main__":
    main()
