"""The tests: cases run, facts recorded, units of the code, built pages."""
