flit publish --repository internal
