hatch env lock
