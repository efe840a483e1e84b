hatch env create 2>&1 | grep "ValueError:"
