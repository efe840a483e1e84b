"""The code of `handbook`, room by room."""
