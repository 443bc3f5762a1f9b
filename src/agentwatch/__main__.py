"""argv in, an exit code out."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; a reader that closes our pipe, or ctrl-c, ends us quietly."""
    from agentwatch.cli import run

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a character that the locale lacks ends nothing
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        code = 0
    except OSError as error:
        _discard_output()
        print(f"agentwatch: The output cannot be written: {error.strerror}.", file=sys.stderr)
        code = 2
    except KeyboardInterrupt:
        _discard_output()
        code = 130
    sys.exit(code)


def _discard_output() -> None:
    """Let what is still buffered go nowhere: it would fail again when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
