hatch env create
