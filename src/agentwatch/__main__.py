"""argv in, an exit code out."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line; a reader that closes our pipe, or ctrl-c, ends us quietly."""
    from agentwatch.cli import run

    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
