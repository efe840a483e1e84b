hatch build
