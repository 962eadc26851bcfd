"""The command `contact-gateway`, which `python -m contact_gateway` is too."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; `serve` is what supervisors start, and stop whenever they like."""
    if sys.platform == "win32":
        # before anything is imported that is not there, such as signals and uvloop
        sys.exit("contact-gateway does not run on Windows; run it in WSL, or its image.")
    if "serve" in sys.argv[1:2]:
        from contact_gateway.event_loop.held_signals import hold  # noqa: PLC0415 - not on Windows

        hold()  # before anything is imported that takes time
    from contact_gateway.cli import app  # noqa: PLC0415 - as above

    app()


if __name__ == "__main__":
    main()
