"""Dialogs: they stand over the view until a key answers or closes them."""
