"""The console with which an on-call engineer watches AI agents and switches one off."""

__version__ = "0.1.0"
