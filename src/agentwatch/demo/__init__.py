"""The demo world: a scenario and a seed in, live websocket feeds on loopback out."""
